using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>What an earlier proxy captured by eBPF, while pods are taken over one by one by another way: closed until then, and nothing is left after the last.</summary>
public sealed class EarlierCapture : IDisposable
{
    private readonly EbpfCapture _capture;
    private readonly string _instance;
    private readonly string _root;
    private readonly SemaphoreSlim _gate = new(1);
    private bool _isOver;

    private EarlierCapture(EbpfCapture capture, string instance, string root) => (_capture, _instance, _root) = (capture, instance, root);

    /// <summary>Takes it over; what is left of a proxy that had no pods is removed.</summary>
    /// <param name="broker">Makes sockets in namespaces.</param>
    /// <param name="instance">The node proxy's name.</param>
    /// <param name="log">The log.</param>
    /// <param name="root">Where state is pinned.</param>
    /// <returns>It, or null when no pod is captured by eBPF.</returns>
    /// <exception cref="CaptureException">The kernel refused.</exception>
    /// <exception cref="IOException">What is left cannot be removed.</exception>
    public static EarlierCapture? Open(NetworkNamespaceBroker broker, string instance, ILogger log, string root = EbpfCapture.DefaultRoot)
    {
        if (!EbpfCapture.HasLeftovers(instance, root))
        {
            EbpfCapture.RemoveInstance(instance, root);
            return null;
        }

        var capture = new EbpfCapture(broker, instance, log, root);
        try
        {
            capture.Start();
            return new EarlierCapture(capture, instance, root);
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _capture.Dispose();
        _gate.Dispose();
    }

    /// <summary>Ends it for a pod that is captured otherwise now.</summary>
    /// <param name="cookie">The pod's network namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    internal async ValueTask ReleaseAsync(ulong cookie, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!_isOver && _capture.Forget(cookie))
            {
                End();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Ends it for pods that are not in the mesh any more.</summary>
    /// <param name="enrolled">Those that are.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="CaptureException">As for <see cref="ICapture.ForgetOthersAsync"/>.</exception>
    internal async ValueTask ForgetOthersAsync(IReadOnlyCollection<PodEnrollment> enrolled, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_isOver)
            {
                return;
            }

            await _capture.ForgetOthersAsync(enrolled, ct);
            if (!EbpfCapture.HasLeftovers(_instance, _root))
            {
                End();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private void End()
    {
        _isOver = true;
        _capture.Dispose();
        EbpfCapture.RemoveInstance(_instance, _root);
    }
}
