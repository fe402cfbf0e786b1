using NodeMesh.Kubernetes.Tests.Fixtures;

// One API server serves all tests, and some of them stop it: they run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
[assembly: AssemblyFixture(typeof(ApiServer))]
