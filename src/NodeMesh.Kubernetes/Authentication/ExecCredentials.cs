using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Kubernetes.Authentication;

/// <summary>Runs an exec plugin, and keeps its answer until it expires or the server refuses it.</summary>
internal sealed class ExecCredentials(ExecConfiguration exec, KubernetesClientConfiguration configuration, TimeProvider clock) : ICredentialSource
{
    private const string InformationVariable = "KUBERNETES_EXEC_INFO";
    private readonly SemaphoreSlim _running = new(1);
    private RequestCredential? _current;
    private DateTimeOffset _expires = DateTimeOffset.MaxValue;

    public async ValueTask<RequestCredential> GetAsync(CancellationToken ct)
    {
        if (Fresh() is { } known)
        {
            return known;
        }

        // One run serves all who wait.
        await _running.WaitAsync(ct);
        try
        {
            if (Fresh() is { } meanwhile)
            {
                return meanwhile;
            }

            var (credential, expires) = Take(await RunAsync(ct));
            _expires = expires;
            Volatile.Write(ref _current, credential);
            return credential;
        }
        finally
        {
            _running.Release();
        }
    }

    public bool Invalidate(RequestCredential refused)
    {
        Interlocked.CompareExchange(ref _current, null, refused);
        return true;
    }

    public void Dispose() => _running.Dispose();

    private RequestCredential? Fresh() => Volatile.Read(ref _current) is { } known && clock.GetUtcNow() < _expires ? known : null;

    private (RequestCredential Credential, DateTimeOffset Expires) Take(ExecCredentialStatus status)
    {
        ClientCertificate? certificate = null;
        if (status.ClientCertificateData is { Length: > 0 } pem)
        {
            certificate = ClientCertificate.FromPem(pem, status.ClientKeyData ?? throw Failure("answered clientCertificateData without clientKeyData"), exec.Origin);
        }

        if (certificate is null && string.IsNullOrEmpty(status.Token))
        {
            throw Failure("answered neither a token nor a client certificate");
        }

        var authorization = status.Token is { Length: > 0 } token ? new AuthenticationHeaderValue("Bearer", token) : null;
        var expires = status.ExpirationTimestamp ?? DateTimeOffset.MaxValue;
        return (new RequestCredential(authorization, certificate), certificate is { NotAfter: var end } && end < expires ? end : expires);
    }

    private async Task<ExecCredentialStatus> RunAsync(CancellationToken ct)
    {
        var start = new ProcessStartInfo(exec.Command) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in exec.Arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in exec.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment[InformationVariable] = Information();
        using var process = Launch(start);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var error = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        var said = (await error).Trim();
        return process.ExitCode == 0 ? Parse(await output) : throw Failure($"ended with {process.ExitCode}: {(said.Length > 400 ? said[..400] : said)}");
    }

    private Process Launch(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw Failure("did not start");
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw Failure($"cannot be run: {e.Message}{(exec.InstallHint is { Length: > 0 } hint ? "\n" + hint : "")}");
        }
    }

    private ExecCredentialStatus Parse(string output)
    {
        try
        {
            var credential = JsonSerializer.Deserialize(output, ExecJsonContext.Default.ExecCredential);
            return credential is not { Kind: "ExecCredential", Status: { } status } ? throw Failure("answered no ExecCredential with a status")
                : credential.ApiVersion != exec.ApiVersion ? throw Failure($"answered in {credential.ApiVersion}, and apiVersion says {exec.ApiVersion}")
                : status;
        }
        catch (JsonException e)
        {
            throw Failure($"answered what is not JSON: {e.Message}");
        }
    }

    private string Information()
    {
        var cluster = exec.ProvideClusterInfo
            ? new ExecCluster
            {
                Server = configuration.Host.ToString(),
                TlsServerName = configuration.TlsServerName,
                InsecureSkipTlsVerify = configuration.SkipTlsVerify ? true : null,
                CertificateAuthorityData = configuration.CertificateAuthority is { } authority ? Encoding.UTF8.GetBytes(authority.Read()) : null,
                ProxyUrl = configuration.Proxy?.ToString(),
            }
            : null;
        var credential = new ExecCredential { ApiVersion = exec.ApiVersion, Kind = "ExecCredential", Spec = new ExecCredentialSpec { Interactive = false, Cluster = cluster } };
        return JsonSerializer.Serialize(credential, ExecJsonContext.Default.ExecCredential);
    }

    private KubeConfigException Failure(string what) => new($"{exec.Origin}: the plugin {exec.Command} {what}");
}
