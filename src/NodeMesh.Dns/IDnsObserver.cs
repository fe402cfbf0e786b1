namespace NodeMesh.Dns;

/// <summary>Told how questions are answered, for counting. Called from any thread; must be quick.</summary>
public interface IDnsObserver
{
    /// <summary>A question is answered here.</summary>
    /// <param name="request">The question.</param>
    void Answered(DnsRequest request);

    /// <summary>A question is passed on.</summary>
    /// <param name="request">The question.</param>
    void Forwarding(DnsRequest request);

    /// <summary>Upstream answered.</summary>
    /// <param name="request">The question.</param>
    void Forwarded(DnsRequest request);

    /// <summary>No upstream server answered; the client gets SERVFAIL.</summary>
    /// <param name="request">The question.</param>
    /// <param name="error">Why.</param>
    void UpstreamFailed(DnsRequest request, DnsUpstreamException error);
}
