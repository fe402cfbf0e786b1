using System.Collections.Concurrent;

namespace NodeMesh.Identity.Tests;

/// <summary>A CA in the process whose answers a test can hold back, fail or falsify.</summary>
internal sealed class FakeSigner(CertificateAuthority authority) : ICertificateSigner
{
    private int _current;

    public ConcurrentQueue<CertificateSigningRequest> Requests { get; } = new();

    public int MaxConcurrent { get; private set; }

    /// <summary>Runs before an answer; may wait or throw.</summary>
    public Func<CertificateSigningRequest, CancellationToken, Task> Before { get; set; } = (_, _) => Task.CompletedTask;

    /// <summary>Makes the answer.</summary>
    public Func<CertificateSigningRequest, SignedCertificate>? Answer { get; set; }

    public string[] OtherUris { get; set; } = [];

    public async Task<SignedCertificate> SignAsync(CertificateSigningRequest request, CancellationToken ct)
    {
        Requests.Enqueue(request);
        lock (this)
        {
            MaxConcurrent = Math.Max(MaxConcurrent, ++_current);
        }

        try
        {
            await Before(request, ct);
            return Answer is { } answer ? answer(request) : authority.Sign(request.CsrPem, [request.Identity.ToString(), .. OtherUris], request.Lifetime);
        }
        finally
        {
            lock (this)
            {
                _current--;
            }
        }
    }
}
