using System.Net;
using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Traffic;

/// <summary>So many requests of a kind in so much time: a bucket that holds <see cref="Burst"/> tokens at most, gets <see cref="Requests"/> of them in each <see cref="Period"/>, and gives one to each request.</summary>
public sealed record RateLimitRule
{
    /// <summary>The policy.</summary>
    public required ResourceOrigin Origin { get; init; }

    /// <summary>The rule's name, unique in its policy: by it clients are told which limit it was.</summary>
    public required string Name { get; init; }

    /// <summary>The service's port; 0 for all of them.</summary>
    public int Port { get; init; }

    /// <summary>Requests per period.</summary>
    public required int Requests { get; init; }

    /// <summary>The period.</summary>
    public required TimeSpan Period { get; init; }

    /// <summary>Requests at once, after a pause.</summary>
    public required int Burst { get; init; }

    /// <summary>Whose requests are counted together.</summary>
    public RateLimitScope Scope { get; init; }

    /// <summary>By what requests are counted: each value has a bucket of its own. Empty: one bucket.</summary>
    public ValueList<RateLimitKey> Keys { get; init; }

    /// <summary>Path and headers of the requests that count.</summary>
    public HttpMatch Match { get; init; } = new();

    /// <summary>Methods of which the request must have one; empty: any.</summary>
    public ValueList<string> Methods { get; init; }

    /// <summary>Identities of which the client must have one, as Istio writes principals; empty: any.</summary>
    public ValueList<TextMatch> Principals { get; init; }

    /// <summary>Namespaces of which the client must be in one; empty: any.</summary>
    public ValueList<string> Namespaces { get; init; }

    /// <summary>Networks of which the client's address must be in one; empty: any.</summary>
    public ValueList<IPNetwork> Networks { get; init; }

    /// <summary>Says whether a request counts.</summary>
    /// <param name="request">The request.</param>
    /// <param name="port">The service's port that was dialled.</param>
    /// <param name="principal">The client's identity without its scheme.</param>
    /// <param name="clientNamespace">The client's namespace.</param>
    /// <param name="address">The client's address.</param>
    /// <returns>True when it does.</returns>
    public bool Counts(IRequestFacts request, int port, string principal, string clientNamespace, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(request);
        return (Port == 0 || Port == port)
            && (Methods.IsEmpty || Methods.AsSpan().Contains(request.Method))
            && (Namespaces.IsEmpty || Namespaces.AsSpan().Contains(clientNamespace))
            && (Principals.IsEmpty || IsPrincipal(principal))
            && (Networks.IsEmpty || IsIn(address))
            && Match.Matches(request);
    }

    private bool IsPrincipal(string principal)
    {
        foreach (var match in Principals)
        {
            if (match.Matches(principal))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsIn(IPAddress address)
    {
        var plain = MeshModel.Unmap(address);
        foreach (var network in Networks)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }
}
