using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Control.Admission;

/// <summary>The validating webhook as the API server sees it.</summary>
internal sealed partial class AdmissionEndpoint(ILogger<AdmissionEndpoint> log)
{
    /// <summary>Where reviews are posted to.</summary>
    public const string Path = "/validate";

    /// <summary>An object of etcd has at most 1.5 MB, and an update brings two.</summary>
    private const long MaxBody = 8 * 1024 * 1024;

    /// <summary>Adds the path.</summary>
    /// <param name="application">The server.</param>
    public void Map(WebApplication application) => application.MapPost(Path, HandleAsync);

    private async Task HandleAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBody)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        JsonObject? answer;
        try
        {
            answer = AdmissionJudge.Answer(await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted));
        }
        catch (JsonException e)
        {
            LogMalformed(log, e.Message);
            answer = null;
        }

        if (answer is null)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            await http.Response.WriteAsync($"POST an AdmissionReview of {AdmissionJudge.ApiVersion} with a request\n", http.RequestAborted);
            return;
        }

        if (answer["response"]?["status"]?["message"] is JsonValue refused && refused.TryGetValue<string>(out var reason))
        {
            LogRefused(log, reason);
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "a review that cannot be read: {Reason}")]
    private static partial void LogMalformed(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "refused an object: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
