using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

public sealed class ConnectionFeaturesTests
{
    [Fact]
    public void Feature_ThatWasSet_IsFoundUntilItIsTakenAway()
    {
        var features = new ConnectionFeatures();
        features.Set("text");
        features.Set<object>(5);
        features.Set(new Version(1, 2));
        Assert.Equal("text", features.Get<string>());
        Assert.Equal(new Version(1, 2), features.Get<Version>());
        Assert.Equal(5, features[typeof(object)]);

        features.Set<string>(null);
        Assert.Null(features.Get<string>());
        Assert.Equal(5, features.Get<object>());
        Assert.Equal(2, features.Count());
    }

    [Fact]
    public void Feature_ThatIsSetAgain_ReplacesAndCountsAsARevision()
    {
        var features = new ConnectionFeatures();
        features.Set("one");
        var before = features.Revision;
        features.Set("two");
        Assert.Equal("two", features.Get<string>());
        Assert.NotEqual(before, features.Revision);
        Assert.Single(features);
    }
}
