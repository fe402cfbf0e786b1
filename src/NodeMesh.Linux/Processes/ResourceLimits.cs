using System.ComponentModel;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Processes;

/// <summary>The process's limits (getrlimit(2)).</summary>
public static class ResourceLimits
{
    private const int OpenFiles = 7;

    /// <summary>Raises the soft limit of open descriptors to the hard one: a proxy needs two for every connection.</summary>
    /// <returns>The limit that holds now.</returns>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static unsafe ulong RaiseOpenFiles()
    {
        var limits = stackalloc ulong[2];
        if (LibC.GetResourceLimit(OpenFiles, limits) != 0)
        {
            throw Failure("getrlimit");
        }

        if (limits[0] < limits[1])
        {
            limits[0] = limits[1];
            if (LibC.SetResourceLimit(OpenFiles, limits) != 0)
            {
                throw Failure("setrlimit");
            }
        }

        return limits[0];
    }

    private static IOException Failure(string call) => new($"{call}(RLIMIT_NOFILE): {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
}
