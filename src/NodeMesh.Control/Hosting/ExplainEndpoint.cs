using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using NodeMesh.Control.Sources;
using NodeMesh.Resources.Explanation;

namespace NodeMesh.Control.Hosting;

/// <summary>Serves <c>POST /debug/explain</c>: what <c>nodemesh explain</c> asks the live mesh. Takes the JSON array of requests; answers with JSON, or with <c>?format=text</c> for people.</summary>
/// <param name="source">Whom to ask; null where the source cannot be asked.</param>
internal sealed class ExplainEndpoint(IObservableSource? source)
{
    /// <summary>An answer translates the whole mesh: one at a time is enough for people.</summary>
    private readonly Lock _turn = new();

    /// <summary>Adds the route.</summary>
    /// <param name="routes">Where to.</param>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/debug/explain", AnswerAsync);

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var requests = await reader.ReadToEndAsync(context.RequestAborted);
        var json = context.Request.Query["format"] != "text";
        try
        {
            if (Answer(requests, json) is not { } answer)
            {
                await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the control plane has not read the mesh's resources yet");
                return;
            }

            context.Response.ContentType = json ? "application/json; charset=utf-8" : "text/plain; charset=utf-8";
            await context.Response.WriteAsync(answer.Text, context.RequestAborted);
        }
        catch (FormatException e)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, e.Message);
        }
    }

    private ExplainBatch? Answer(string requests, bool json)
    {
        lock (_turn)
        {
            return source?.CreateExplainer() is { } explainer ? ExplainBatch.Answer(explainer, ExplainRequestReader.ReadBatch(requests), json) : null;
        }
    }

    private static Task RefuseAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(sentence + "\n", context.RequestAborted);
    }
}
