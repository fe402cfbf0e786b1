using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Identity;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// The CA's keys in a Secret: the operator's <c>cacerts</c> where there is one, else <c>nodemesh-ca</c>, which whichever replica comes first makes. The API
/// server lets one of several that create it at once have its way, and the others take that one's. All follow what the Secrets say, so a rotation needs no restart.
/// </summary>
internal sealed partial class AuthoritySecret(KubernetesClient client, ControlConfiguration configuration, TimeProvider time, ILogger<AuthoritySecret> log)
{
    /// <summary>The name of our own Secret, in the mesh's namespace. Its keys are the files of <see cref="Identity.CertificateAuthority.Save"/>.</summary>
    public const string Name = "nodemesh-ca";

    /// <summary>The name of the operator's Secret, in the mesh's namespace, as Istio has it: <c>ca-cert.pem</c>, <c>ca-key.pem</c>, <c>root-cert.pem</c>, <c>cert-chain.pem</c>.</summary>
    public const string OperatorsName = "cacerts";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    /// <summary>How soon a rotation is noticed. Asking for two objects by name costs nothing, and needs no right to list Secrets.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly ResourceClient<V1Secret> _secrets = client.Resources(KubernetesKinds.Secrets).InNamespace(configuration.MeshNamespace);
    private string _seen = "";

    /// <summary>Reads the CA, or makes it; waits for an API server that is away.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The CA.</returns>
    /// <exception cref="CertificateAuthorityException">The Secret cannot be used.</exception>
    /// <exception cref="KubernetesException">The API server refuses.</exception>
    public async Task<Identity.CertificateAuthority> LoadAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                var (own, operators) = await FindAsync(ct);
                own ??= operators is null ? await MakeAsync(ct) : null;
                _seen = Fingerprint(own, operators);
                return Compose(own, operators);
            }
            catch (KubernetesException e) when (e.IsAlreadyExists)
            {
                // Another replica was first: its CA counts.
            }
            catch (KubernetesConnectionException e)
            {
                LogWaiting(log, e.Message);
                await Task.Delay(RetryAfter, time, ct);
            }
        }
    }

    /// <summary>Follows the Secrets until it is cancelled.</summary>
    /// <param name="authority">The CA of <see cref="LoadAsync"/>.</param>
    /// <param name="ct">Ends it.</param>
    public async Task RunAsync(Identity.CertificateAuthority authority, CancellationToken ct)
    {
        while (true)
        {
            await Task.Delay(LookAgain, time, ct);
            try
            {
                await FollowAsync(authority, ct);
            }
            catch (CertificateAuthorityException e)
            {
                LogRefused(log, e.Message);
            }
            catch (Exception e) when (e is KubernetesException or KubernetesConnectionException)
            {
                LogUnread(log, e.Message);
            }
        }
    }

    internal async Task FollowAsync(Identity.CertificateAuthority authority, CancellationToken ct)
    {
        var (own, operators) = await FindAsync(ct);
        var now = Fingerprint(own, operators);

        // Secrets that are gone leave the CA as it is: proxies need it, and the next start will say what is missing.
        if (now == _seen || (operators ?? own) is not { } used)
        {
            return;
        }

        _seen = now;
        authority.Become(Compose(own, operators));
        LogFollowed(log, configuration.MeshNamespace, used.Metadata.Name!);
    }

    private async Task<(V1Secret? Own, V1Secret? Operators)> FindAsync(CancellationToken ct) => (await _secrets.FindAsync(Name, ct), await _secrets.FindAsync(OperatorsName, ct));

    private static string Fingerprint(params ReadOnlySpan<V1Secret?> secrets)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var secret in secrets)
        {
            foreach (var (name, content) in (secret?.Data ?? []).OrderBy(d => d.Key, StringComparer.Ordinal))
            {
                hash.AppendData(Encoding.UTF8.GetBytes($"{secret!.Metadata.Name}/{name}={content.Length}:"));
                hash.AppendData(content);
            }
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private async Task<V1Secret> MakeAsync(CancellationToken ct)
    {
        var directory = Directory.CreateTempSubdirectory("nodemesh-ca-").FullName;
        try
        {
            using var authority = Identity.CertificateAuthority.Create(configuration.TrustDomain, time);
            authority.Save(directory);
            var secret = new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = Name },
                Type = "nodemesh.io/ca",
                Data = Directory.EnumerateFiles(directory).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes),
            };
            var made = await _secrets.CreateAsync(secret, null, ct);
            LogMade(log, configuration.MeshNamespace, Name);
            return made;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>The operator's CA where there is one. While our own Secret is there too, its roots stay trusted: what it signed before is still in use.</summary>
    private Identity.CertificateAuthority Compose(V1Secret? own, V1Secret? operators)
    {
        var authority = Read(operators ?? own!);
        if (operators is not null && own is not null)
        {
            using var before = Read(own);
            authority.Trust(before.Bundle);
        }

        return authority;
    }

    private Identity.CertificateAuthority Read(V1Secret secret) => Identity.CertificateAuthority.Read(
        (secret.Data ?? []).ToDictionary(d => d.Key, d => Encoding.UTF8.GetString(d.Value), StringComparer.Ordinal),
        key => $"Secret {configuration.MeshNamespace}/{secret.Metadata.Name}: key {key}",
        configuration.TrustDomain,
        time);

    [LoggerMessage(Level = LogLevel.Information, Message = "made a new CA, kept in Secret {Namespace}/{Name}")]
    private static partial void LogMade(ILogger logger, string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "the CA follows Secret {Namespace}/{Name}")]
    private static partial void LogFollowed(ILogger logger, string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Error, Message = "the CA's Secret cannot be used, and the present CA stays: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the CA's Secret cannot be asked for: {Reason}")]
    private static partial void LogUnread(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the CA cannot be read, and is waited for: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
