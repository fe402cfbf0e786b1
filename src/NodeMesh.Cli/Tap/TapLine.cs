using System.Text;
using System.Text.Json;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Tap;

/// <summary>Prints one event of a tap as one line for people.</summary>
internal static class TapLine
{
    /// <summary>Prints it.</summary>
    /// <param name="json">The event, as the proxy writes it.</param>
    public static string Of(JsonElement json)
    {
        var text = new StringBuilder();
        var time = json.Text("time");
        text.Append(time.Length > 23 ? time[11..23] : time).Append(' ').Append(json.Text("node")).Append(' ').Append(json.Text("event").PadRight(7)).Append(' ');
        text.Append(json.Text("direction")).Append(' ');
        text.Append(End(json, "src")).Append(" -> ").Append(End(json, "dst"));
        if (json.Text("dst.service") is { Length: > 0 } service)
        {
            text.Append(" (").Append(service).Append(')');
        }

        if (json.Text("event") == "request")
        {
            text.Append(' ').Append(json.Text("method")).Append(' ').Append(json.Text("path")).Append(' ').Append(json.Text("response_code"));
            Append(text, " grpc-status=", json.Text("grpc_status"));
            Append(text, " ", json.Text("response_flags"));
            Append(text, " route=", json.Text("route"));
        }

        text.Append(' ').Append(json.Text("security"));
        if (json.Text("event") != "opened")
        {
            text.Append(" sent=").Append(json.Text("bytes_sent")).Append(" received=").Append(json.Text("bytes_recv")).Append(' ').Append(json.Text("duration"));
        }

        Append(text, " policy=", json.Text("policy"));
        Append(text, " error=", json.Text("error"));
        return text.ToString();
    }

    private static string End(JsonElement json, string side)
    {
        var address = json.Text(side == "dst" && json.Text("dst.hbone_addr").Length > 0 ? "dst.hbone_addr" : $"{side}.addr");
        var workload = json.Text($"{side}.workload");
        return workload.Length == 0 ? address : $"{json.Text($"{side}.namespace")}/{workload} {address}";
    }

    private static void Append(StringBuilder text, string before, string value)
    {
        if (value.Length > 0 && value != "-")
        {
            text.Append(before).Append(value);
        }
    }
}
