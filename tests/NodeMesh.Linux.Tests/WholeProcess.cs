namespace NodeMesh.Linux.Tests;

/// <summary>Tests that count what the whole process has, such as allocations and descriptors: they run while no other test does.</summary>
[CollectionDefinition(nameof(WholeProcess), DisableParallelization = true)]
public sealed class WholeProcess;
