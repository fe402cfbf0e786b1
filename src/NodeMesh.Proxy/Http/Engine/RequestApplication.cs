using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>What the engine calls for each request.</summary>
/// <param name="pipeline">What is done with requests.</param>
/// <param name="state">The model.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where faults are told.</param>
internal sealed partial class RequestApplication(RequestHandler pipeline, MeshState state, TimeProvider time, ILogger<RequestApplication> log) : IHttpApplication<MeshRequest>
{
    /// <inheritdoc/>
    public MeshRequest CreateContext(IFeatureCollection contextFeatures)
    {
        MeshRequest request;
        if (contextFeatures is IHostContextContainer<MeshRequest> container)
        {
            request = container.HostContext ??= new MeshRequest(time);
        }
        else
        {
            request = new MeshRequest(time);
        }

        request.Begin(contextFeatures, state.Current);
        return request;
    }

    /// <inheritdoc/>
    public Task ProcessRequestAsync(MeshRequest context) => pipeline(context);

    /// <inheritdoc/>
    public void DisposeContext(MeshRequest context, Exception? exception)
    {
        if (exception is not null)
        {
            LogFault(exception, context.Record.Method, context.Record.Authority, context.Record.Path);
        }

        context.End();
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the request {Method} {Authority}{Path} failed by a fault of the proxy")]
    private partial void LogFault(Exception exception, string method, string authority, string path);
}
