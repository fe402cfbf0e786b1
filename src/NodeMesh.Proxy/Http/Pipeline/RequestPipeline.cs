namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Puts steps in a row.</summary>
internal static class RequestPipeline
{
    /// <summary>Puts steps in a row.</summary>
    /// <param name="steps">The steps, the outermost first.</param>
    /// <param name="last">What ends the row: sends the request on.</param>
    /// <returns>The row.</returns>
    public static RequestHandler Build(IReadOnlyList<IRequestStep> steps, RequestHandler last)
    {
        var handler = last;
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var (step, next) = (steps[i], handler);
            handler = request => step.InvokeAsync(request, next);
        }

        return handler;
    }
}
