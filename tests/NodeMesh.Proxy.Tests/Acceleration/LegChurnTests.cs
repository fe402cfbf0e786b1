namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Churn on legs: the same is asked of them.</summary>
[Collection(LegCollection.Name)]
public sealed class LegChurnTests(LegFixture fixture) : ChurnTests(fixture);
