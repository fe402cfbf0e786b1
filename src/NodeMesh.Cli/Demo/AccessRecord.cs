using System.Text.Json;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Demo;

/// <summary>One access line of a proxy.</summary>
/// <param name="Source">The client's address and port.</param>
/// <param name="SourceIdentity">The client's identity; empty when none was proven.</param>
/// <param name="Direction"><c>outbound</c> or <c>inbound</c>.</param>
/// <param name="DestinationWorkload">The pod that was chosen; empty when none was.</param>
/// <param name="Mtls">True when it went through a tunnel.</param>
/// <param name="Security"><c>mutual_tls</c>, <c>same_node</c> or <c>plaintext</c>.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Policy">The policy that refused it; empty when none did.</param>
/// <param name="Trace">What both ends log of one connection; may be empty.</param>
internal sealed record AccessRecord(string Source, string SourceIdentity, string Direction, string DestinationWorkload, bool Mtls, string Security, string Reason, string Policy, string Trace)
{
    /// <summary>Reads a line of a proxy's log.</summary>
    /// <param name="line">The line.</param>
    /// <returns>Null when it is not an access line.</returns>
    public static AccessRecord? Parse(string line)
    {
        if (!line.StartsWith('{') || !line.Contains("\"scope\":\"access\"", StringComparison.Ordinal))
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            var json = document.RootElement;
            return new AccessRecord(
                json.Text("src.addr"), json.Text("src.identity"), json.Text("direction"), json.Text("dst.workload"), json.Text("mtls") == "true", json.Text("security"), json.Text("reason"),
                json.Text("policy"), json.Text("trace"));
        }
        catch (JsonException)
        {
            return null; // a line that is being written just now
        }
    }
}
