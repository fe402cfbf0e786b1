using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace NodeMesh.Model;

/// <summary>A workload's identity, <c>spiffe://TRUST-DOMAIN/ns/NAMESPACE/sa/SERVICE-ACCOUNT</c>, with the strict grammar of SPIFFE-ID sections 2.1 and 2.2.</summary>
public readonly record struct SpiffeId
{
    /// <summary>The trust domain where none is configured.</summary>
    public const string DefaultTrustDomain = "cluster.local";

    private const string Scheme = "spiffe://";
    private const int MaxLength = 2048;
    private static readonly SearchValues<char> TrustDomainCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-_");
    private static readonly SearchValues<char> SegmentCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");

    /// <summary>Makes an identity of its parts.</summary>
    /// <param name="trustDomain">Lower-case letters, digits, dots, dashes and underscores.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="serviceAccount">The service account.</param>
    /// <exception cref="ArgumentException">A part is empty or has a character that a SPIFFE ID does not allow.</exception>
    public SpiffeId(string trustDomain, string ns, string serviceAccount)
    {
        if (!IsTrustDomain(trustDomain))
        {
            throw new ArgumentException($"'{trustDomain}' is not a trust domain", nameof(trustDomain));
        }

        if (!IsSegment(ns))
        {
            throw new ArgumentException($"'{ns}' is not a namespace", nameof(ns));
        }

        if (!IsSegment(serviceAccount))
        {
            throw new ArgumentException($"'{serviceAccount}' is not a service account", nameof(serviceAccount));
        }

        TrustDomain = trustDomain;
        Namespace = ns;
        ServiceAccount = serviceAccount;
    }

    /// <summary>The trust domain.</summary>
    public string TrustDomain { get; }

    /// <summary>The namespace.</summary>
    public string Namespace { get; }

    /// <summary>The service account.</summary>
    public string ServiceAccount { get; }

    /// <summary>The identity without <c>spiffe://</c>, as policies name it.</summary>
    public string Principal => $"{TrustDomain}/ns/{Namespace}/sa/{ServiceAccount}";

    /// <summary>Reads an identity.</summary>
    /// <param name="text">The URI.</param>
    /// <returns>The identity.</returns>
    /// <exception cref="FormatException">It is not exactly <c>spiffe://td/ns/x/sa/y</c>.</exception>
    public static SpiffeId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not spiffe://<trust domain>/ns/<namespace>/sa/<service account>");

    /// <summary>Reads an identity.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="id">The identity on success.</param>
    /// <returns>True when the text is exactly <c>spiffe://td/ns/x/sa/y</c>.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out SpiffeId id)
    {
        id = default;
        if (text is null || text.Length > MaxLength || !text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        var parts = text[Scheme.Length..].Split('/');
        if (parts is not [var domain, "ns", var ns, "sa", var account] || !IsTrustDomain(domain) || !IsSegment(ns) || !IsSegment(account))
        {
            return false;
        }

        id = new SpiffeId(domain, ns, account);
        return true;
    }

    /// <summary>The URI.</summary>
    public override string ToString() => Scheme + Principal;

    private static bool IsTrustDomain(string? text) => text is { Length: > 0 and <= 255 } && !text.AsSpan().ContainsAnyExcept(TrustDomainCharacters);

    private static bool IsSegment(string? text) => text is { Length: > 0 } && text is not "." and not ".." && !text.AsSpan().ContainsAnyExcept(SegmentCharacters);
}
