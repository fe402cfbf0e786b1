using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

// A service of the shop: says who called it, and calls the services named after its own name. It knows nothing of the mesh.
if (args is not [var name, .. var calls])
{
    Console.Error.WriteLine("usage: shop NAME [URL...]");
    return 2;
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.IPv6Any, 8080));
await using var app = builder.Build();
using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };

app.MapGet("/healthz", () => "ok");
app.MapGet("/", async (HttpContext context) =>
{
    var address = context.Connection.RemoteIpAddress!;
    var caller = $"{(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)}:{context.Connection.RemotePort}";
    Console.WriteLine($"{name}: called by {caller}");
    var lines = new List<string> { $"{name} on {Environment.MachineName}, called by {caller}" };
    foreach (var url in calls)
    {
        lines.Add($"  {url}: {await AskAsync(url, context.RequestAborted)}");
    }

    return string.Join('\n', lines) + "\n";
});

await app.RunAsync();
return 0;

async Task<string> AskAsync(string url, CancellationToken cancellationToken)
{
    try
    {
        return (await client.GetStringAsync(url, cancellationToken)).TrimEnd().ReplaceLineEndings("\n  ");
    }
    catch (HttpRequestException e)
    {
        return $"failed: {e.Message}";
    }
}
