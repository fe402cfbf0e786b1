using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Http.Upstream;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Sends copies of requests where the rule says, as they are after its changes. What becomes of a copy never changes what becomes of the request.</summary>
/// <param name="mirrors">Sends them.</param>
/// <param name="random">The source of chance; safe for many threads.</param>
internal sealed class MirrorStep(MirrorSender mirrors, Random random) : IRequestStep
{
    private const double Hundred = 100;

    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next)
    {
        // What follows a change of protocol is a conversation: a copy would answer to what it was not asked.
        if (!request.IsUpgrade)
        {
            if (request.Rule is { Mirrors.IsEmpty: false } rule)
            {
                Send(request, rule.Mirrors);
            }

            if (request.Backend is { Mirrors.IsEmpty: false } backend)
            {
                Send(request, backend.Mirrors);
            }
        }

        return next(request);
    }

    private void Send(MeshRequest request, ValueList<RequestMirror> wanted)
    {
        foreach (var mirror in wanted)
        {
            if (mirror.Percent >= Hundred || random.NextDouble() * Hundred < mirror.Percent)
            {
                mirrors.Send(request, mirror);
            }
        }
    }
}
