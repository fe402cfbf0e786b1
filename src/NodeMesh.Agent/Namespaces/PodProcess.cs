namespace NodeMesh.Agent.Namespaces;

/// <summary>A process of a pod.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="Started">When it started, in the kernel's ticks.</param>
/// <param name="NetworkNamespace">What <c>/proc/PID/ns/net</c> says, such as <c>net:[4026532008]</c>.</param>
internal readonly record struct PodProcess(int Pid, ulong Started, string NetworkNamespace);
