using System.Text.Json;

namespace NodeMesh.Cli.Proxy;

/// <summary>One discovery type of a proxy.</summary>
/// <param name="TypeUrl">The type.</param>
/// <param name="State"><c>synced</c>, <c>sending</c> (something is not acknowledged yet) or <c>rejected</c> (the last answer was a NACK).</param>
/// <param name="Resources">Resources that the proxy was given.</param>
/// <param name="Acknowledgements">ACKs so far.</param>
/// <param name="Rejections">NACKs so far.</param>
/// <param name="Rejection">Why the last NACK came; null when there is none.</param>
internal sealed record ProxyTypeRow(string TypeUrl, string State, int Resources, int Acknowledgements, int Rejections, string? Rejection)
{
    /// <summary>Reads the control plane's report.</summary>
    /// <param name="type">One type of one proxy.</param>
    public static ProxyTypeRow Of(JsonElement type)
    {
        var rejection = type.Text("rejection");
        var state = rejection.Length > 0 ? "rejected" : type.Text("synced") == "true" ? "synced" : "sending";
        return new ProxyTypeRow(
            type.Text("typeUrl"), state, (int)(type.Number("resources") ?? 0), (int)(type.Number("acknowledgements") ?? 0), (int)(type.Number("rejections") ?? 0), rejection.Length > 0 ? rejection : null);
    }
}
