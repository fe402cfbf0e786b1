using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Cgroups;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Capture.Ebpf;

/// <summary>
/// One node proxy's programs and maps in the kernel. They are pinned, so they outlive the proxy, and refuse its pods' connections while it is away; the
/// next one takes the maps over and puts its own programs in the place of the old, one by one and without a gap.
/// </summary>
internal sealed partial class CaptureState : IDisposable
{
    private readonly CapturePins _pins;
    private readonly ILogger _log;

    private CaptureState(CapturePins pins, CaptureMaps maps, ILogger log)
    {
        _pins = pins;
        _log = log;
        Maps = maps;
        Rules = new PodRuleWriter(maps);
    }

    /// <summary>The maps.</summary>
    internal CaptureMaps Maps { get; }

    /// <summary>Writes pods' entries.</summary>
    internal PodRuleWriter Rules { get; }

    /// <summary>Takes over what is pinned, or makes it.</summary>
    /// <param name="pins">Where it is pinned.</param>
    /// <param name="log">The log.</param>
    /// <returns>The state; disposing it leaves all in force.</returns>
    /// <exception cref="BpfException">The kernel refused something.</exception>
    /// <exception cref="IOException">cgroup v2 is not mounted.</exception>
    internal static CaptureState Open(CapturePins pins, ILogger log)
    {
        BpfFileSystem.Mount();
        pins.Create();
        using var first = OpenFirst(pins, log);
        var state = new CaptureState(pins, CaptureMaps.Of(first), log);
        try
        {
            state.Maps.Pin(pins);
            state.Sweep();
            state.AttachAll(first);
            foreach (var other in pins.OtherVersions())
            {
                CapturePins.RemoveShared(other);
            }

            return state;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Puts the program that takes inbound connections into a pod's namespace.</summary>
    /// <param name="cookie">The network namespace.</param>
    /// <param name="ns">The same, open.</param>
    /// <exception cref="BpfException">The kernel refused it.</exception>
    internal void AttachPod(ulong cookie, NetworkNamespace ns)
    {
        BpfFileSystem.CreateDirectory(_pins.Pod(cookie));
        using var lookup = CaptureObjects.OpenLookup(cookie);
        Maps.LendTo(lookup);
        lookup.Load();
        var program = CaptureObjects.LookupOf(lookup);
        Put(program, _pins.PodLink(cookie), () => program.AttachNetworkNamespace(ns));
        _pins.RemoveFromOthers(cookie);
    }

    /// <summary>The network namespaces that are captured.</summary>
    internal IEnumerable<ulong> Captured() => Maps.Namespaces.Enumerate().Select(e => e.Key).Union(_pins.PodCookies());

    /// <summary>Ends capture of a network namespace, which may be gone.</summary>
    /// <param name="cookie">The network namespace.</param>
    /// <exception cref="BpfException">The kernel refused.</exception>
    internal void Remove(ulong cookie)
    {
        Rules.Remove(cookie);
        CapturePins.Remove(_pins.Pod(cookie));
        _pins.RemoveFromOthers(cookie);
    }

    /// <inheritdoc/>
    public void Dispose() => Maps.Dispose();

    private static BpfObject OpenFirst(CapturePins pins, ILogger log)
    {
        var first = CaptureObjects.Open(CaptureObjects.OfCgroup[0]);
        try
        {
            CaptureMaps.LendPinned(first, pins);
        }
        catch (BpfException e)
        {
            // Another build with the same version left them. New maps begin empty: Sweep closes the pods of the old ones until they are captured again.
            LogReplacing(log, e.Message);
            first.Dispose();
            pins.RemoveMaps();
            first = CaptureObjects.Open(CaptureObjects.OfCgroup[0]);
        }

        try
        {
            first.Load();
            return first;
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>Forgets network namespaces that are gone, and keeps closed those that live and have no entry: their pods come from other versions.</summary>
    private void Sweep()
    {
        var known = Maps.Namespaces.Enumerate().Select(e => e.Key).ToHashSet();
        var living = _pins.PodCookies().Where(c => CapturePins.IsAlive(_pins.Pod(c))).ToHashSet();
        foreach (var cookie in known.Concat(_pins.PodCookies()).Except(living).ToList())
        {
            Remove(cookie);
            LogSwept(cookie);
        }

        foreach (var other in _pins.OtherVersions())
        {
            foreach (var cookie in CapturePins.CookiesOf(other))
            {
                if (CapturePins.IsAlive(CapturePins.PodOf(other, cookie)))
                {
                    living.Add(cookie);
                }
                else
                {
                    _pins.RemoveFromOthers(cookie);
                }
            }
        }

        foreach (var cookie in living.Except(known))
        {
            Rules.Write(PodRuleSet.Everything(cookie));
        }
    }

    private void AttachAll(BpfObject first)
    {
        using var root = CgroupHierarchy.Require().OpenRoot();
        Attach(first);
        foreach (var resource in CaptureObjects.OfCgroup.Skip(1))
        {
            using var next = CaptureObjects.Open(resource);
            Maps.LendTo(next);
            next.Load();
            Attach(next);
        }

        void Attach(BpfObject source)
        {
            foreach (var program in source.ProgramNames.Select(source.Program))
            {
                Put(program, _pins.Link(program.Name), () => program.AttachCgroup(root));
            }
        }
    }

    /// <summary>Replaces the program of a pinned link, or attaches it and pins the link.</summary>
    private static void Put(BpfProgram program, string pin, Func<BpfLink> attach)
    {
        if (File.Exists(pin))
        {
            using var old = BpfLink.OpenPinned(pin);
            old.Update(program);
            return;
        }

        using var link = attach();
        link.Pin(pin);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "pinned capture state of another build is replaced: {Reason}")]
    private static partial void LogReplacing(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "capture of network namespace {Cookie} ended with the namespace")]
    private partial void LogSwept(ulong cookie);
}
