namespace NodeMesh.Linux.Bpf;

/// <summary>A run of a program on made-up data.</summary>
/// <param name="ReturnValue">What the program returned.</param>
/// <param name="Duration">How long a run took on average, where the kernel measures it.</param>
public readonly record struct BpfTestRun(uint ReturnValue, TimeSpan Duration);
