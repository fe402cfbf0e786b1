using System.Net.Http.Headers;
using System.Text;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Kubernetes.Authentication;

/// <summary>
/// Token, token file, certificate and basic authentication. Files are looked at again every 10 s, and at once when the server refuses what they said:
/// the kubelet renews a pod's token at 80 % of its life, other programs theirs when they like.
/// </summary>
internal sealed class ConfiguredCredentials(KubernetesClientConfiguration configuration, TimeProvider clock) : ICredentialSource
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);
    private readonly Lock _gate = new();
    private RequestCredential? _current;
    private string? _token;
    private DateTime _certificateWritten;
    private long _readAt;

    private bool HasFiles => configuration.TokenFile is not null || configuration.ClientCertificate?.Path is not null;

    public ValueTask<RequestCredential> GetAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_current is null || (HasFiles && clock.GetElapsedTime(_readAt) >= LookAgain))
            {
                Read();
            }

            return new ValueTask<RequestCredential>(_current!);
        }
    }

    public bool Invalidate(RequestCredential refused)
    {
        lock (_gate)
        {
            if (!HasFiles)
            {
                return false;
            }

            if (ReferenceEquals(refused, _current))
            {
                Read();
            }

            return !ReferenceEquals(refused, _current);
        }
    }

    public void Dispose()
    {
    }

    private void Read()
    {
        _readAt = clock.GetTimestamp();
        var certificate = ReadCertificate();
        var authorization = ReadAuthorization();
        if (_current is null || !ReferenceEquals(certificate, _current.Certificate) || !Equals(authorization, _current.Authorization))
        {
            _current = new RequestCredential(authorization, certificate);
        }
    }

    private ClientCertificate? ReadCertificate()
    {
        if (configuration.ClientCertificate is not { } certificate || configuration.ClientKey is not { } key)
        {
            return null;
        }

        var written = certificate.LastWrite > key.LastWrite ? certificate.LastWrite : key.LastWrite;
        if (_current?.Certificate is { } loaded && written == _certificateWritten)
        {
            return loaded;
        }

        try
        {
            var read = ClientCertificate.FromPem(certificate.Read(), key.Read(), certificate.ToString());
            _certificateWritten = written;
            return read;
        }
        catch (KubeConfigException) when (_current?.Certificate is not null)
        {
            // Caught between the writing of the certificate and of its key: the old pair serves until the next look.
            return _current.Certificate;
        }
    }

    private AuthenticationHeaderValue? ReadAuthorization()
    {
        if (ReadToken() is { Length: > 0 } token)
        {
            return new AuthenticationHeaderValue("Bearer", token);
        }

        return configuration.Username is { Length: > 0 } user
            ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{configuration.Password}")))
            : null;
    }

    private string? ReadToken()
    {
        if (configuration.TokenFile is not { } file)
        {
            return configuration.AccessToken;
        }

        try
        {
            var text = File.ReadAllText(file).Trim();
            // An empty file is one that is being written.
            return _token = text.Length > 0 ? text : _token ?? configuration.AccessToken;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return _token ?? configuration.AccessToken ?? throw new KubeConfigException($"{file}: the token cannot be read: {e.Message}", e);
        }
    }
}
