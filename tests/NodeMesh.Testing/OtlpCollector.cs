using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace NodeMesh.Testing;

/// <summary>Stands for a collector of traces: takes OTLP over HTTP as one does, and reads the spans from the protobuf on the wire.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Socket _listener;
    private readonly ConcurrentQueue<OtlpSpan> _spans = new();
    private int _requests;

    private OtlpCollector(Socket listener)
    {
        _listener = listener;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.ListenHandle((ulong)listener.Handle));
        _app = builder.Build();
        _app.Run(TakeAsync);
    }

    /// <summary>What an export is answered; 200 until it is changed.</summary>
    public int Answer { get; set; } = StatusCodes.Status200OK;

    /// <summary>How many exports came, however they were answered.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>What has come.</summary>
    public IReadOnlyCollection<OtlpSpan> Spans => _spans;

    /// <summary>Begins to take spans.</summary>
    /// <param name="listener">A listening socket, in whichever namespace; it is this object's from now on.</param>
    public static async Task<OtlpCollector> StartAsync(Socket listener)
    {
        var made = new OtlpCollector(listener);
        await made._app.StartAsync();
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _listener.Dispose();
    }

    private static string TextOf(ProtoField any)
    {
        var value = any.Fields.FirstOrDefault();
        return value.Number switch
        {
            1 => value.Text,
            2 => value.Value == 0 ? "false" : "true",
            3 => ((long)value.Value).ToString(CultureInfo.InvariantCulture),
            4 => BitConverter.UInt64BitsToDouble(value.Value).ToString(CultureInfo.InvariantCulture),
            _ => "?",
        };
    }

    /// <summary>KeyValues among a message's fields.</summary>
    private static ImmutableDictionary<string, string> Attributes(IEnumerable<ProtoField> fields, int number) =>
        fields.Where(f => f.Number == number).Select(f => f.Fields.ToList())
            .ToImmutableDictionary(f => f.First(k => k.Number == 1).Text, f => TextOf(f.First(v => v.Number == 2)));

    private static OtlpSpan Read(ProtoField span, ImmutableDictionary<string, string> resource)
    {
        var fields = span.Fields.ToList();
        ProtoField One(int number) => fields.FirstOrDefault(f => f.Number == number);
        return new OtlpSpan(
            One(1).Hex, One(2).Hex, One(4).Hex, One(5).Text, (int)One(6).Value, One(3).Text,
            (int)One(15).Fields.FirstOrDefault(f => f.Number == 3).Value,
            TimeSpan.FromTicks((long)(One(8).Value - One(7).Value) / TimeSpan.NanosecondsPerTick),
            Attributes(fields, 9), resource);
    }

    private async Task TakeAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        context.Response.StatusCode = context.Request is { Path.Value: "/v1/traces", ContentType: "application/x-protobuf" } ? Answer : StatusCodes.Status404NotFound;
        if (context.Response.StatusCode != StatusCodes.Status200OK)
        {
            return;
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        foreach (var group in ProtoField.ReadAll(body.ToArray()).Where(f => f.Number == 1))
        {
            var parts = group.Fields.ToList();
            var resource = Attributes(parts.Where(p => p.Number == 1).SelectMany(p => p.Fields), 1);
            foreach (var span in parts.Where(p => p.Number == 2).SelectMany(s => s.Fields).Where(s => s.Number == 2))
            {
                _spans.Enqueue(Read(span, resource));
            }
        }
    }
}
