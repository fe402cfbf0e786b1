namespace NodeMesh.Linux.Bpf;

/// <summary>The error numbers that callers tell apart.</summary>
public static class BpfErrno
{
    /// <summary><c>EPERM</c>: no <c>CAP_BPF</c>, <c>CAP_NET_ADMIN</c> or <c>CAP_SYS_ADMIN</c>.</summary>
    public const int NotPermitted = 1;

    /// <summary><c>ENOENT</c>: no such key, pin or type.</summary>
    public const int NotFound = 2;

    /// <summary><c>E2BIG</c>: the map is full.</summary>
    public const int Full = 7;

    /// <summary><c>EACCES</c>: the verifier refused the program.</summary>
    public const int Refused = 13;

    /// <summary><c>EBUSY</c>.</summary>
    public const int Busy = 16;

    /// <summary><c>EEXIST</c>: the key or the pin is there already.</summary>
    public const int Exists = 17;

    /// <summary><c>EINVAL</c>: wrong arguments, or a kernel that does not know them.</summary>
    public const int Invalid = 22;

    /// <summary><c>ENOSPC</c>: the room given for an answer is too small.</summary>
    public const int NoSpace = 28;

    /// <summary><c>EOPNOTSUPP</c>: the map or the socket cannot do this.</summary>
    public const int NotSupported = 95;
}
