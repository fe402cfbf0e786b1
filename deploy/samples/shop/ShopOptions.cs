using System.Globalization;

namespace NodeMesh.Samples.Shop;

/// <summary>What a service of the shop is told on its command line: <c>shop NAME [--port 8080] [--call URL]...</c>.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Port">Its port.</param>
/// <param name="Calls">What it calls for each call of <c>/</c>.</param>
internal sealed record ShopOptions(string Service, int Port, IReadOnlyList<Uri> Calls)
{
    /// <summary>How it is used.</summary>
    public const string Usage = "usage: shop NAME [--port 8080] [--call URL]...";

    private const int DefaultPort = 8080;

    /// <summary>Reads the command line.</summary>
    /// <param name="args">Its words.</param>
    /// <returns>The options, or null when it is none.</returns>
    public static ShopOptions? Parse(IReadOnlyList<string> args)
    {
        if (args.Count % 2 == 0)
        {
            return null;
        }

        var port = DefaultPort;
        var calls = new List<Uri>();
        for (var i = 1; i < args.Count; i += 2)
        {
            if (args[i] == "--call" && Uri.TryCreate(args[i + 1], UriKind.Absolute, out var url))
            {
                calls.Add(url);
            }
            else if (args[i] != "--port" || !int.TryParse(args[i + 1], CultureInfo.InvariantCulture, out port))
            {
                return null;
            }
        }

        return new ShopOptions(args[0], port, calls);
    }
}
