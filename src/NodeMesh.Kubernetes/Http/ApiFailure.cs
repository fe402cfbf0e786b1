using System.Net;
using System.Text.Json;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Http;

/// <summary>Makes exceptions of answers and of what kept them from coming.</summary>
internal static class ApiFailure
{
    private const int ShownText = 300;
    private const int LargestStatus = 1 << 20;

    public static async Task<KubernetesException> ReadAsync(ApiRequest request, HttpResponseMessage response, TimeProvider clock, CancellationToken ct)
    {
        var body = "";
        try
        {
            await using var stream = await response.Content.ReadAsStreamAsync(ct);
            using var reader = new StreamReader(stream);
            var buffer = new char[Math.Min(LargestStatus, (int)(response.Content.Headers.ContentLength ?? LargestStatus))];
            var length = await reader.ReadBlockAsync(buffer, ct);
            body = new string(buffer, 0, length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // The status line alone has to do.
        }

        var status = ParseStatus(body) ?? new V1Status
        {
            Code = (int)response.StatusCode,
            Reason = response.StatusCode.ToString(),
            Message = body.Length == 0 ? response.ReasonPhrase : body.Length > ShownText ? body[..ShownText] : body,
        };
        return new KubernetesException($"{request.Method} {request.Path}: {(int)response.StatusCode} {status.Reason}: {status.Message}", response.StatusCode, status)
        {
            RetryAfter = RetryPolicy.After(response, clock),
            FlowSchemaUid = Header(response, "X-Kubernetes-PF-FlowSchema-UID"),
            PriorityLevelUid = Header(response, "X-Kubernetes-PF-PriorityLevel-UID"),
        };
    }

    /// <summary>The failure that a watch reports inside its stream.</summary>
    public static KubernetesException FromWatch(ApiRequest request, V1Status status)
    {
        var code = (HttpStatusCode)(status.Code ?? 500);
        return new KubernetesException($"watch {request.Path}: {(int)code} {status.Reason}: {status.Message}", code, status);
    }

    public static KubernetesConnectionException FromTransport(Uri host, Exception error)
    {
        for (var inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is ServerCertificateException certificate)
            {
                return new KubernetesConnectionException($"the API server {host}: {certificate.Message}", error);
            }
        }

        return new KubernetesConnectionException($"the API server {host} cannot be reached: {Innermost(error).Message}", error);
    }

    public static KubernetesConnectionException TimedOut(Uri host, ApiRequest request, TimeSpan timeout, Exception error) =>
        new($"the API server {host} did not answer {request.Method} {request.Path} within {timeout.TotalSeconds:0.#} s", error) { IsTimeout = true };

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }

    private static V1Status? ParseStatus(string body)
    {
        try
        {
            return body.StartsWith('{') && JsonSerializer.Deserialize(body, KubernetesJsonContext.Default.V1Status) is { Kind: "Status" } status ? status : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
