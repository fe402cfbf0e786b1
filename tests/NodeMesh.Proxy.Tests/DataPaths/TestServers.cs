using System.Net.Sockets;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Listening sockets by name, and which of them the next connection comes to.</summary>
internal sealed class TestServers : IDisposable
{
    private readonly Dictionary<string, Socket> _listeners = [];
    private readonly Dictionary<string, Task<Socket>> _accepts = [];

    public void Add(string name, Socket listener)
    {
        _listeners[name] = listener;
        _accepts[name] = listener.AcceptAsync();
    }

    /// <summary>Closes a listener: who connects to it is refused.</summary>
    public void Remove(string name)
    {
        _accepts.Remove(name);
        _listeners.Remove(name, out var listener);
        listener?.Dispose();
    }

    public async Task<(string Name, Socket Connection)> AcceptAsync()
    {
        var accepted = await Eventually.WithinAsync(Task.WhenAny(_accepts.Values));
        var name = _accepts.Single(a => a.Value == accepted).Key;
        _accepts[name] = _listeners[name].AcceptAsync();
        return (name, await accepted);
    }

    public void Dispose()
    {
        foreach (var listener in _listeners.Values)
        {
            listener.Dispose();
        }
    }
}
