using BenchmarkDotNet.Running;

BenchmarkSwitcher.FromAssembly(typeof(NodeMesh.Benchmarks.MeshCompilerBenchmarks).Assembly).Run(args);
