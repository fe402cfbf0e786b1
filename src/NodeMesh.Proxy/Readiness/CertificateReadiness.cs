using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Readiness;

/// <summary>Pending until the proxy's own certificate is there: without it no tunnel can end here.</summary>
/// <param name="certificates">The certificates.</param>
/// <param name="identity">The proxy's own identity.</param>
internal sealed class CertificateReadiness(Func<IReadOnlyList<CertificateStatus>> certificates, SpiffeId identity) : IReadinessCheck
{
    /// <inheritdoc/>
    public string Name => "certificate";

    /// <inheritdoc/>
    public string? Pending()
    {
        var own = certificates().FirstOrDefault(c => c.Identity == identity);
        return own switch
        {
            null => $"{identity} was not asked for yet",
            { State: CertificateState.Available } => null,
            { LastError: { } error } => $"no certificate for {identity}: {error}",
            _ => $"no certificate for {identity} yet",
        };
    }
}
