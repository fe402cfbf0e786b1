using System.Text.Json;

namespace NodeMesh.Cli.Proxy;

/// <summary>Asks one question over HTTP and reads the JSON of the answer.</summary>
internal static class MeshAnswer
{
    /// <summary>Asks.</summary>
    /// <param name="client">The way.</param>
    /// <param name="method">GET to ask, POST to tell.</param>
    /// <param name="address">Where.</param>
    /// <param name="who">Who is asked, for errors.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProxyQueryException">It refuses; its own words are in the message.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    /// <exception cref="JsonException">The answer is no JSON.</exception>
    public static async Task<JsonElement> SendAsync(HttpClient client, HttpMethod method, Uri address, string who, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, address);
        using var response = await client.SendAsync(request, ct);
        if ((int)response.StatusCode is >= 400 and < 500)
        {
            throw new ProxyQueryException($"{who}: {(await response.Content.ReadAsStringAsync(ct)).Trim()}");
        }

        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: ct);
        return document.RootElement.Clone();
    }
}
