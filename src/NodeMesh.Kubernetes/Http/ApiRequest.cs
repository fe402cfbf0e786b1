using System.Globalization;
using System.Text;

namespace NodeMesh.Kubernetes.Http;

/// <summary>One request to the API server.</summary>
/// <param name="Verb">What Kubernetes calls it (list, watch, patch…), for metrics.</param>
/// <param name="Method">What HTTP calls it.</param>
/// <param name="Path">The path below the server's address.</param>
internal sealed record ApiRequest(string Verb, HttpMethod Method, string Path)
{
    private readonly StringBuilder _query = new();

    public ReadOnlyMemory<byte>? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>How long to wait for the answer, of a watch or log for its first line; the client's own when missing.</summary>
    public TimeSpan? Timeout { get; init; }

    public string PathAndQuery => _query.Length == 0 ? Path : $"{Path}?{_query}";

    public ApiRequest With(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _query.Append(_query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public ApiRequest With(string name, bool value) => value ? With(name, "true") : this;

    public ApiRequest With(string name, long? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));
}
