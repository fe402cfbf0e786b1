using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Steps;

/// <summary>Makes the faults that a rule asks for: a delay, then an abort.</summary>
/// <param name="random">The source of chance; safe for many threads.</param>
/// <param name="time">The clock.</param>
internal sealed class FaultStep(Random random, TimeProvider time) : IRequestStep
{
    private const double Hundred = 100;

    /// <inheritdoc/>
    public Task InvokeAsync(MeshRequest request, RequestHandler next) => request.Rule?.Fault is { } fault ? FailAsync(request, fault, next) : next(request);

    private async Task FailAsync(MeshRequest request, FaultInjection fault, RequestHandler next)
    {
        if (fault.Delay is { } delay && Hits(delay.Percent))
        {
            request.Record.Flags |= ResponseFlag.DelayInjected;
            request.WatchClient();
            try
            {
                await Task.Delay(delay.Duration, time, request.Cancellation);
            }
            catch (OperationCanceledException)
            {
                // The client did not wait for the end of it.
                request.Http.Abort();
                return;
            }
        }

        if (fault.Abort is { } abort && Hits(abort.Percent))
        {
            if (abort.GrpcStatus is { } grpcStatus)
            {
                request.IsGrpc = true;
                await LocalReply.SendAsync(request, 200, ResponseFlag.FaultInjected, "fault_filter_abort", "fault filter abort", grpcStatus);
            }
            else
            {
                await LocalReply.SendAsync(request, abort.HttpStatus ?? 503, ResponseFlag.FaultInjected, "fault_filter_abort", "fault filter abort");
            }

            return;
        }

        await next(request);
    }

    private bool Hits(double percent) => percent >= Hundred || random.NextDouble() * Hundred < percent;
}
