namespace NodeMesh.Identity;

/// <summary>Holds the trust bundle of the moment, so that a rotated root takes effect at once for every certificate that shares it.</summary>
/// <param name="bundle">The first bundle.</param>
public sealed class TrustAnchors(TrustBundle bundle)
{
    private volatile TrustBundle _current = bundle;

    /// <summary>The bundle to verify against now.</summary>
    public TrustBundle Current => _current;

    /// <summary>Replaces the bundle.</summary>
    /// <param name="bundle">The new one.</param>
    public void Update(TrustBundle bundle) => _current = bundle;
}
