using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>What this machine's kernel can do, found out by trying, not by its version. Answers are kept.</summary>
public static class BpfFeatures
{
    private static readonly ConcurrentDictionary<BpfProgramType, bool> ProgramTypes = new();
    private static readonly ConcurrentDictionary<BpfMapType, bool> MapTypes = new();
    private static readonly ConcurrentDictionary<(BpfProgramType Type, int Helper, BpfAttachType Place), bool> Helpers = new();

    /// <summary>How verifiers of different ages refuse a helper; anything else that they find wrong comes after they accepted it.</summary>
    private static readonly string[] HelperRefusals = ["unknown func ", "invalid func ", "program of this type cannot use helper "];

    /// <summary>True if <c>libbpf.so.1</c> can be loaded. Without it every other member throws <see cref="DllNotFoundException"/>.</summary>
    public static bool HasLibrary
    {
        get
        {
            if (!NativeLibrary.TryLoad(LibBpf.Library, out var library))
            {
                return false;
            }

            NativeLibrary.Free(library);
            return true;
        }
    }

    /// <summary>True if the kernel carries its own types, which programs with CO-RE relocations need.</summary>
    public static bool HasKernelTypes => File.Exists("/sys/kernel/btf/vmlinux");

    /// <summary>Whether programs of a kind can be loaded.</summary>
    /// <param name="type">The kind.</param>
    /// <returns>True if they can.</returns>
    /// <exception cref="BpfException">It cannot be told, as without permission.</exception>
    public static unsafe bool Supports(BpfProgramType type) =>
        ProgramTypes.GetOrAdd(type, static t => IsYes(LibBpf.ProbeProgramType(t, null), $"trying a BPF program of type {t}"));

    /// <summary>Whether maps of a kind can be made.</summary>
    /// <param name="type">The kind.</param>
    /// <returns>True if they can.</returns>
    /// <exception cref="BpfException">It cannot be told, as without permission.</exception>
    public static unsafe bool Supports(BpfMapType type) =>
        MapTypes.GetOrAdd(type, static t => IsYes(LibBpf.ProbeMapType(t, null), $"trying a BPF map of type {t}"));

    /// <summary>Whether programs of a kind may call a helper.</summary>
    /// <param name="type">The programs' kind.</param>
    /// <param name="helper">The helper's number, of <c>enum bpf_func_id</c>.</param>
    /// <param name="place">Where they are attached, which decides for some kinds; null for a place where the kind can be loaded.</param>
    /// <returns>True if they may.</returns>
    /// <exception cref="BpfException">It cannot be told, as without permission or for a kind that the kernel has not.</exception>
    public static bool Supports(BpfProgramType type, int helper, BpfAttachType? place = null) =>
        Helpers.GetOrAdd((type, helper, place ?? DefaultPlace(type)), static k => TryHelper(k.Type, k.Helper, k.Place));

    /// <summary>Attaches a program that does nothing but pass, by a link, and detaches it at once.</summary>
    /// <param name="type">The program's kind.</param>
    /// <param name="place">The place.</param>
    /// <param name="target">An open cgroup (an empty one of the caller's own disturbs nobody) or network namespace.</param>
    /// <returns>Null if it worked, else why not.</returns>
    public static unsafe BpfException? TryAttach(BpfProgramType type, BpfAttachType place, SafeHandle target)
    {
        ArgumentNullException.ThrowIfNull(target);

        // r0 = 1; exit. To all kinds that attach to cgroups and namespaces 1 means: go on.
        var instructions = stackalloc ulong[] { 0x0000_0001_0000_00b7, 0x0000_0000_0000_0095 };
        var options = new ProgramLoadOptions { Size = (nuint)sizeof(ProgramLoadOptions), AttachType = place };
        try
        {
            using var program = BpfHandle.Take(LibBpf.LoadProgram(type, "probe", "Dual BSD/GPL", instructions, 2, &options), $"loading a BPF program of type {type}");
            using var link = BpfLink.Create(program, target, place, $"attaching a BPF program of type {type} ({place})");
            return null;
        }
        catch (BpfException failure)
        {
            return failure;
        }
    }

    /// <summary>libbpf 1.1 has a call for this, which takes what newer kernels say of a refused helper for a yes.</summary>
    private static unsafe bool TryHelper(BpfProgramType type, int helper, BpfAttachType place)
    {
        const int LogSize = 4096;
        var log = stackalloc byte[LogSize];
        log[0] = 0;

        // call helper; exit.
        var instructions = stackalloc ulong[] { ((ulong)(uint)helper << 32) | 0x85, 0x95 };
        var options = new ProgramLoadOptions { Size = (nuint)sizeof(ProgramLoadOptions), AttachType = place, LogLevel = 1, LogSize = LogSize, Log = log };
        var result = LibBpf.LoadProgram(type, "probe", "Dual BSD/GPL", instructions, 2, &options);
        if (result >= 0)
        {
            LibC.Close(result);
            return true;
        }

        var text = NativeText.Read(log, LogSize);
        return text.Length == 0
            ? throw new BpfException($"trying BPF helper {helper} in a program of type {type}", -result)
            : !HelperRefusals.Any(r => text.Contains(r, StringComparison.Ordinal));
    }

    private static BpfAttachType DefaultPlace(BpfProgramType type) => type switch
    {
        BpfProgramType.CgroupSocketAddress => BpfAttachType.CgroupInet4Connect,
        BpfProgramType.CgroupSocketOption => BpfAttachType.CgroupGetSocketOption,
        BpfProgramType.SocketLookup => BpfAttachType.SocketLookup,
        _ => default,
    };

    private static bool IsYes(int answer, string action) => BpfException.ThrowIfFailed(answer, action) > 0;
}
