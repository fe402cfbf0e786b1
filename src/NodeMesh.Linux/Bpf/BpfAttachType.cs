namespace NodeMesh.Linux.Bpf;

/// <summary>Where a program is attached: the kernel's <c>enum bpf_attach_type</c>.</summary>
public enum BpfAttachType
{
    /// <summary><c>BPF_CGROUP_INET_INGRESS</c>.</summary>
    CgroupInetIngress = 0,

    /// <summary><c>BPF_CGROUP_INET_EGRESS</c>.</summary>
    CgroupInetEgress = 1,

    /// <summary><c>BPF_CGROUP_INET_SOCK_CREATE</c>.</summary>
    CgroupInetSocketCreate = 2,

    /// <summary><c>BPF_CGROUP_SOCK_OPS</c>.</summary>
    CgroupSocketOperations = 3,

    /// <summary><c>BPF_SK_SKB_STREAM_PARSER</c>.</summary>
    SocketSkbStreamParser = 4,

    /// <summary><c>BPF_SK_SKB_STREAM_VERDICT</c>.</summary>
    SocketSkbStreamVerdict = 5,

    /// <summary><c>BPF_CGROUP_DEVICE</c>.</summary>
    CgroupDevice = 6,

    /// <summary><c>BPF_SK_MSG_VERDICT</c>.</summary>
    SocketMessageVerdict = 7,

    /// <summary><c>BPF_CGROUP_INET4_BIND</c>.</summary>
    CgroupInet4Bind = 8,

    /// <summary><c>BPF_CGROUP_INET6_BIND</c>.</summary>
    CgroupInet6Bind = 9,

    /// <summary><c>BPF_CGROUP_INET4_CONNECT</c>.</summary>
    CgroupInet4Connect = 10,

    /// <summary><c>BPF_CGROUP_INET6_CONNECT</c>.</summary>
    CgroupInet6Connect = 11,

    /// <summary><c>BPF_CGROUP_INET4_POST_BIND</c>.</summary>
    CgroupInet4PostBind = 12,

    /// <summary><c>BPF_CGROUP_INET6_POST_BIND</c>.</summary>
    CgroupInet6PostBind = 13,

    /// <summary><c>BPF_CGROUP_UDP4_SENDMSG</c>.</summary>
    CgroupUdp4SendMessage = 14,

    /// <summary><c>BPF_CGROUP_UDP6_SENDMSG</c>.</summary>
    CgroupUdp6SendMessage = 15,

    /// <summary><c>BPF_LIRC_MODE2</c>.</summary>
    LircMode2 = 16,

    /// <summary><c>BPF_FLOW_DISSECTOR</c>.</summary>
    FlowDissector = 17,

    /// <summary><c>BPF_CGROUP_SYSCTL</c>.</summary>
    CgroupSysctl = 18,

    /// <summary><c>BPF_CGROUP_UDP4_RECVMSG</c>.</summary>
    CgroupUdp4ReceiveMessage = 19,

    /// <summary><c>BPF_CGROUP_UDP6_RECVMSG</c>.</summary>
    CgroupUdp6ReceiveMessage = 20,

    /// <summary><c>BPF_CGROUP_GETSOCKOPT</c>.</summary>
    CgroupGetSocketOption = 21,

    /// <summary><c>BPF_CGROUP_SETSOCKOPT</c>.</summary>
    CgroupSetSocketOption = 22,

    /// <summary><c>BPF_TRACE_RAW_TP</c>.</summary>
    TraceRawTracepoint = 23,

    /// <summary><c>BPF_TRACE_FENTRY</c>.</summary>
    TraceFunctionEntry = 24,

    /// <summary><c>BPF_TRACE_FEXIT</c>.</summary>
    TraceFunctionExit = 25,

    /// <summary><c>BPF_MODIFY_RETURN</c>.</summary>
    ModifyReturn = 26,

    /// <summary><c>BPF_LSM_MAC</c>.</summary>
    LsmMac = 27,

    /// <summary><c>BPF_TRACE_ITER</c>.</summary>
    TraceIterator = 28,

    /// <summary><c>BPF_CGROUP_INET4_GETPEERNAME</c>.</summary>
    CgroupInet4GetPeerName = 29,

    /// <summary><c>BPF_CGROUP_INET6_GETPEERNAME</c>.</summary>
    CgroupInet6GetPeerName = 30,

    /// <summary><c>BPF_CGROUP_INET4_GETSOCKNAME</c>.</summary>
    CgroupInet4GetSockName = 31,

    /// <summary><c>BPF_CGROUP_INET6_GETSOCKNAME</c>.</summary>
    CgroupInet6GetSockName = 32,

    /// <summary><c>BPF_XDP_DEVMAP</c>.</summary>
    XdpDeviceMap = 33,

    /// <summary><c>BPF_CGROUP_INET_SOCK_RELEASE</c>.</summary>
    CgroupInetSocketRelease = 34,

    /// <summary><c>BPF_XDP_CPUMAP</c>.</summary>
    XdpCpuMap = 35,

    /// <summary><c>BPF_SK_LOOKUP</c>.</summary>
    SocketLookup = 36,

    /// <summary><c>BPF_XDP</c>.</summary>
    Xdp = 37,

    /// <summary><c>BPF_SK_SKB_VERDICT</c>.</summary>
    SocketSkbVerdict = 38,

    /// <summary><c>BPF_SK_REUSEPORT_SELECT</c>.</summary>
    SocketReusePortSelect = 39,

    /// <summary><c>BPF_SK_REUSEPORT_SELECT_OR_MIGRATE</c>.</summary>
    SocketReusePortSelectOrMigrate = 40,

    /// <summary><c>BPF_PERF_EVENT</c>.</summary>
    PerfEvent = 41,

    /// <summary><c>BPF_TRACE_KPROBE_MULTI</c>.</summary>
    TraceKprobeMulti = 42,

    /// <summary><c>BPF_LSM_CGROUP</c>.</summary>
    LsmCgroup = 43,
}
