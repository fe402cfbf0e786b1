using NodeMesh.Agent.Cni;

namespace NodeMesh.Agent.Tests.Cni;

public sealed class CniRequestTests
{
    [Theory]
    [InlineData("""{"cniVersion":"0.3.1","ips":[{"version":"4","address":"10.1.2.3/24"},{"version":"6","address":"fd00::3/64"}]}""")]
    [InlineData("""{"cniVersion":"1.0.0","ips":[{"address":"10.1.2.3/24","gateway":"10.1.2.1"},{"address":"fd00::3/64"},{"address":"nonsense"},{}]}""")]
    public void Addresses_AreThoseOfThePreviousResult(string result)
    {
        var request = Parse($$"""{"cniVersion":"1.0.0","prevResult":{{result}}}""");
        Assert.Equal(["10.1.2.3", "fd00::3"], request.Addresses);
        Assert.Equal(result, request.PreviousResult);
    }

    [Fact]
    public void Arguments_NameThePod()
    {
        var request = Parse("{}", "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-0;K8S_POD_INFRA_CONTAINER_ID=abc;K8S_POD_UID=1-2-3");
        Assert.Equal(("shop", "web-0", "1-2-3"), (request.PodNamespace, request.PodName, request.PodUid));
        Assert.Null(Parse("{}", "A=b").PodName);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"cniVersion":4}""")]
    [InlineData("""{"prevResult":{"ips":[{"address":7}]}}""")]
    public void MalformedConfiguration_IsRefusedAsSuch(string text) =>
        Assert.Equal(CniErrorCode.DecodingFailure, Assert.Throws<CniException>(() => Parse(text)).Code);

    private static CniRequest Parse(string configuration, string arguments = "") => CniRequest.Parse("ADD", "/run/netns/x", arguments, configuration);
}
