using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Cluster;

/// <summary>
/// The CA's keys in a Secret, which whichever replica comes first makes: the API server lets one of several that create it at once have its way, and the
/// others take that one's. An operator may bring a root of their own by making the Secret before.
/// </summary>
internal sealed partial class AuthoritySecret(KubernetesClient client, ControlConfiguration configuration, TimeProvider time, ILogger<AuthoritySecret> log)
{
    /// <summary>The Secret's name, in the mesh's namespace. Its keys are the files of <see cref="Identity.CertificateAuthority.Save"/>.</summary>
    public const string Name = "nodemesh-ca";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);
    private readonly ResourceClient<V1Secret> _secrets = client.Resources(KubernetesKinds.Secrets).InNamespace(configuration.MeshNamespace);

    /// <summary>Reads the CA, or makes it; waits for an API server that is away.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>The CA.</returns>
    /// <exception cref="Identity.CertificateAuthorityException">The Secret cannot be used.</exception>
    /// <exception cref="KubernetesException">The API server refuses.</exception>
    public async Task<Identity.CertificateAuthority> LoadAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return Read(await _secrets.FindAsync(Name, ct) ?? await MakeAsync(ct));
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

    private Identity.CertificateAuthority Read(V1Secret secret)
    {
        Directory.CreateDirectory(configuration.CaDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var (name, content) in secret.Data ?? [])
        {
            // A key of a Secret has no slash; a name of dots alone would lead out of the directory.
            var path = Path.Combine(configuration.CaDirectory, Path.GetFileName(name));
            File.Delete(path);
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            });
            file.Write(content);
        }

        return Identity.CertificateAuthority.Load(configuration.CaDirectory, configuration.TrustDomain, time);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "made a new CA, kept in Secret {Namespace}/{Name}")]
    private static partial void LogMade(ILogger logger, string @namespace, string name);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the CA cannot be read, and is waited for: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
