using NodeMesh.Cli.Cluster;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Tests.Cluster;

public sealed class ClusterVersionTests
{
    [Theory]
    [InlineData("1", "20", 1, 20)]
    [InlineData("1", "29+", 1, 29)]
    [InlineData("", "x", 0, 0)]
    public void Of_WhatServersSay_IsANumber(string major, string minor, int expectedMajor, int expectedMinor) =>
        Assert.Equal(new ClusterVersion(expectedMajor, expectedMinor), ClusterVersion.Of(new VersionInfo { Major = major, Minor = minor }));

    [Fact]
    public void Compare_OfMinors_IsNumerical()
    {
        Assert.True(new ClusterVersion(1, 9) < new ClusterVersion(1, 20));
        Assert.True(new ClusterVersion(2, 0) > new ClusterVersion(1, 99));
        Assert.True(ClusterVersion.Oldest >= new ClusterVersion(1, 20));
    }
}
