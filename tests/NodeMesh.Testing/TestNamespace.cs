using System.Diagnostics;

namespace NodeMesh.Testing;

/// <summary>A network namespace of a <see cref="TestNetwork"/>: loopback is up, IPv6 is on without duplicate address detection.</summary>
public sealed class TestNamespace
{
    private readonly TestNetwork _network;

    internal TestNamespace(TestNetwork network, string name)
    {
        _network = network;
        Name = name;
    }

    /// <summary>The unique name, as <c>ip netns</c> lists it.</summary>
    public string Name { get; }

    /// <summary>The path that opens it.</summary>
    public string Path => $"/run/netns/{Name}";

    /// <summary>Runs a command inside that has to succeed.</summary>
    /// <param name="file">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>Its standard output.</returns>
    public Task<string> RunAsync(string file, params string[] args) => TestCommand.RequireAsync("nsenter", Enter(file, args));

    /// <summary>Runs a command inside.</summary>
    /// <param name="file">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>How it ended.</returns>
    public Task<TestCommand> TryRunAsync(string file, params string[] args) => TestCommand.RunAsync("nsenter", Enter(file, args));

    /// <summary>Starts a process inside that lives until it ends or the network is disposed. nsenter replaces itself by it, so the process id is its own.</summary>
    /// <param name="file">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>The process, with its streams redirected.</returns>
    public Process Start(string file, params string[] args) => _network.Own(TestCommand.Start("nsenter", Enter(file, args)));

    /// <summary>Adds a route.</summary>
    /// <param name="destination">Such as <c>default</c>, <c>10.0.0.0/8</c> or <c>::/0</c>.</param>
    /// <param name="via">The gateway's address.</param>
    /// <returns>When it is there.</returns>
    public Task AddRouteAsync(string destination, string via) =>
        RunAsync("ip", via.Contains(':', StringComparison.Ordinal) ? "-6" : "-4", "route", "replace", destination, "via", via);

    /// <summary>Adds an address to a device.</summary>
    /// <param name="device">The device.</param>
    /// <param name="address">Address and prefix length.</param>
    /// <returns>When it is there.</returns>
    public Task AddAddressAsync(string device, string address) =>
        address.Contains(':', StringComparison.Ordinal)
            ? RunAsync("ip", "addr", "add", address, "dev", device, "nodad")
            : RunAsync("ip", "addr", "add", address, "dev", device);

    /// <summary>Makes a bridge.</summary>
    /// <param name="bridge">Its name, at most 15 characters.</param>
    /// <param name="addresses">Its addresses with prefix lengths.</param>
    /// <returns>When it is up.</returns>
    public async Task AddBridgeAsync(string bridge, params string[] addresses)
    {
        await RunAsync("ip", "link", "add", bridge, "type", "bridge");
        await SetUpAsync(bridge, addresses);
    }

    /// <summary>Lets it forward between its devices.</summary>
    /// <returns>When it does.</returns>
    public Task EnableForwardingAsync() =>
        RunAsync("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward; echo 1 > /proc/sys/net/ipv6/conf/all/forwarding");

    /// <inheritdoc/>
    public override string ToString() => Name;

    internal async Task SetUpAsync(string device, IEnumerable<string> addresses)
    {
        foreach (var address in addresses)
        {
            await AddAddressAsync(device, address);
        }

        await RunAsync("ip", "link", "set", device, "up");
    }

    private string[] Enter(string file, string[] args) => [$"--net={Path}", "--", file, .. args];
}
