namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Integrity on legs: the same is asked of them.</summary>
[Collection(LegCollection.Name)]
public sealed class LegIntegrityTests(LegFixture fixture) : IntegrityTests(fixture);
