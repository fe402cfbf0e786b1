using System.Globalization;

namespace NodeMesh.Compare.Load;

/// <summary>The load programs of this executable, run as processes of their own in the client's namespace.</summary>
internal static class LoadProgram
{
    /// <summary>The command line that runs one.</summary>
    public static IReadOnlyList<string> Command(string name, params IEnumerable<string> arguments) =>
        [Path.Combine(AppContext.BaseDirectory, "NodeMesh.Compare"), "load", name, .. arguments];

    /// <summary>Runs one.</summary>
    /// <param name="arguments"><c>rate ADDRESS PORT PER_SECOND SECONDS [CONNECTIONS]</c> or <c>hold ADDRESS PORT COUNT</c>.</param>
    public static int Run(ReadOnlySpan<string> arguments)
    {
        var port = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        var amount = int.Parse(arguments[3], CultureInfo.InvariantCulture);
        switch (arguments[0])
        {
            case "rate":
                FixedRateLoad.Run(
                    arguments[1], port, amount, double.Parse(arguments[4], CultureInfo.InvariantCulture), arguments.Length > 5 ? int.Parse(arguments[5], CultureInfo.InvariantCulture) : 8);
                return 0;
            case "hold":
                HeldConnections.Run(arguments[1], port, amount);
                return 0;
            default:
                Console.Error.WriteLine($"no load is named {arguments[0]}");
                return 2;
        }
    }
}
