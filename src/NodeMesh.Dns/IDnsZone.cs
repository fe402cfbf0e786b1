using System.Net;

namespace NodeMesh.Dns;

/// <summary>The hosts that a resolver answers for. Called for each question, from any thread.</summary>
public interface IDnsZone
{
    /// <summary>Finds a host.</summary>
    /// <param name="name">The full name: normalised, no dot at its end. A first label <c>*</c> asks for a wildcard host.</param>
    /// <param name="client">Who asks: one name may mean different hosts to different clients.</param>
    /// <returns>The host; null when it does not exist for this client, or its answer must come from upstream.</returns>
    DnsHost? Find(string name, DnsClient client);

    /// <summary>Finds the name of an address, for reverse questions.</summary>
    /// <param name="address">The address.</param>
    /// <param name="client">Who asks.</param>
    /// <returns>The full name; null when unknown.</returns>
    string? FindName(IPAddress address, DnsClient client) => null;
}
