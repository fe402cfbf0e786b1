using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Proxy.Pods;

/// <summary>Lets each captured pod's connections be forwarded in the kernel, unless its annotation says otherwise.</summary>
/// <param name="kernel">The engine.</param>
/// <param name="isProxied">True where every byte has to pass the proxy.</param>
internal sealed class ForwardingAttachment(KernelForwarding kernel, bool isProxied) : IPodAttachment
{
    /// <inheritdoc/>
    public async ValueTask<IAsyncDisposable> AttachAsync(PodRuntime pod, CancellationToken cancellationToken)
    {
        var captured = pod.Captured ?? throw new InvalidOperationException("the pod is not captured");
        if (!ForwardingAnnotation.IsEnabled(pod.Pod))
        {
            return new Registration(null, 0);
        }

        using var socket = await captured.CreateSocketAsync(System.Net.Sockets.AddressFamily.InterNetwork, cancellationToken);
        var cookie = socket.GetNetworkNamespaceCookie();
        kernel.AddNamespace(cookie, onlyLegs: isProxied, captured.Ends);
        return new Registration(kernel, cookie);
    }

    private sealed class Registration(KernelForwarding? kernel, ulong cookie) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            kernel?.RemoveNamespace(cookie);
            return ValueTask.CompletedTask;
        }
    }
}
