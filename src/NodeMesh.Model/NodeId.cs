using System.Diagnostics.CodeAnalysis;

namespace NodeMesh.Model;

/// <summary>A node's identity, <c>spiffe://TRUST-DOMAIN/node/NAME</c>: proves on a shared tunnel that its far end is that node's proxy.</summary>
public readonly record struct NodeId
{
    private const string Scheme = "spiffe://";

    /// <summary>Makes a node's identity.</summary>
    /// <param name="trustDomain">The trust domain.</param>
    /// <param name="node">The node's name.</param>
    /// <exception cref="ArgumentException">A part is not allowed in a SPIFFE ID.</exception>
    public NodeId(string trustDomain, string node)
    {
        _ = new SpiffeId(trustDomain, node, "node");
        TrustDomain = trustDomain;
        Node = node;
    }

    /// <summary>The trust domain.</summary>
    public string TrustDomain { get; }

    /// <summary>The node's name.</summary>
    public string Node { get; }

    /// <summary>Reads a node's identity.</summary>
    /// <param name="text">The URI.</param>
    /// <param name="id">The identity on success.</param>
    /// <returns>True when the text is exactly <c>spiffe://td/node/name</c>.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, out NodeId id)
    {
        id = default;
        if (text is null || !text.StartsWith(Scheme, StringComparison.Ordinal) || text[Scheme.Length..].Split('/') is not [var domain, "node", var node])
        {
            return false;
        }

        if (!SpiffeId.TryParse($"{Scheme}{domain}/ns/{node}/sa/node", out _))
        {
            return false;
        }

        id = new NodeId(domain, node);
        return true;
    }

    /// <summary>The URI.</summary>
    public override string ToString() => $"{Scheme}{TrustDomain}/node/{Node}";
}
