using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Serialization.Metadata;
using NodeMesh.Kubernetes.Http;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Kubernetes.Watching;

/// <summary>One open watch.</summary>
internal sealed class WatchStream<T> : IAsyncDisposable
    where T : class, IKubernetesObject
{
    /// <summary>How much later than agreed a server may end a watch before it counts as dead.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly ApiRequest _request;
    private readonly Uri _host;
    private readonly HttpResponseMessage _response;
    private readonly PipeReader _reader;
    private readonly JsonTypeInfo<T> _typeInfo;
    private readonly CancellationTokenSource _end;

    private WatchStream(ApiRequest request, Uri host, HttpResponseMessage response, PipeReader reader, JsonTypeInfo<T> typeInfo, CancellationTokenSource end)
    {
        _request = request;
        _host = host;
        _response = response;
        _reader = reader;
        _typeInfo = typeInfo;
        _end = end;
    }

    public static async Task<WatchStream<T>> OpenAsync(ApiTransport transport, ApiRequest request, KubernetesKind kind, JsonTypeInfo<T> typeInfo, string? resourceVersion, CancellationToken ct)
    {
        // Drawn, so that the watches of a thousand clients do not all end in the same second.
        var lasts = TimeSpan.FromSeconds(Math.Ceiling(transport.Options.WatchTimeout.TotalSeconds * (1 + Random.Shared.NextDouble())));
        request.With("watch", true).With("allowWatchBookmarks", true).With("resourceVersion", resourceVersion).With("timeoutSeconds", (long)lasts.TotalSeconds);
        var response = await transport.OpenAsync(request, ct);
        transport.Metrics.WatchOpened(kind.Resource);
        var reader = PipeReader.Create(await response.Content.ReadAsStreamAsync(ct), new StreamPipeReaderOptions(bufferSize: 16 * 1024, minimumReadSize: 4096));
        return new WatchStream<T>(request, transport.Host, response, reader, typeInfo, new CancellationTokenSource(lasts + Grace, transport.Options.Time));
    }

    /// <summary>The next event; null when the watch ended in order.</summary>
    public async ValueTask<WatchEvent<T>?> ReadAsync(CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, _end.Token);
        try
        {
            while (true)
            {
                var read = await _reader.ReadAsync(either.Token);
                if (read.Buffer.PositionOf((byte)'\n') is { } newline)
                {
                    var next = WatchEventReader.Read(_request, read.Buffer.Slice(0, newline), _typeInfo);
                    _reader.AdvanceTo(read.Buffer.GetPosition(1, newline));
                    return next;
                }

                _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                if (read.IsCompleted)
                {
                    return null;
                }
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw ApiFailure.FromTransport(_host, e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reader.CompleteAsync();
        _response.Dispose();
        _end.Dispose();
    }
}
