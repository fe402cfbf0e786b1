using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeMesh.Capture.Ebpf;

namespace NodeMesh.Capture.Tests;

/// <summary>The structs that programs and proxy share are the same bytes on both sides, as the programs' own types say.</summary>
public sealed class EbpfLayoutTests
{
    [Theory]
    [InlineData(typeof(PodAddress), "pod_address")]
    [InlineData(typeof(CapturedNamespace), "captured_namespace")]
    [InlineData(typeof(OwnAddress), "own_address")]
    [InlineData(typeof(PortRule), "port_rule")]
    [InlineData(typeof(AddressRange), "address_range")]
    [InlineData(typeof(VirtualInterface), "virtual_interface")]
    [InlineData(typeof(PodListener), "pod_listener")]
    [InlineData(typeof(DialledDestination), "dialled_destination")]
    [InlineData(typeof(AskedServers), "asked_servers")]
    [InlineData(typeof(CapturedFlow), "captured_flow")]
    [InlineData(typeof(OriginalDestination), "original_destination")]
    public void Struct_OfTheProxy_IsThatOfThePrograms(Type type, string tag)
    {
        using var programs = CaptureObjects.Open(CaptureObjects.OfCgroup[0]);
        var native = programs.TypeLayout(tag);
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Select(f => (Offset: (int)Marshal.OffsetOf(type, f.Name), Size: SizeOf(f.FieldType)))
            .OrderBy(f => f.Offset)
            .ToList();

        Assert.Equal(native.Size, SizeOf(type));
        // Arrays of C are several fields here, and an address two halves: what has to agree is where each member of C begins.
        Assert.Subset(fields.Select(f => f.Offset).ToHashSet(), native.Members.Select(m => m.Offset).ToHashSet());
        Assert.Equal(native.Members.Max(m => m.Offset + m.Size), fields.Max(f => f.Offset + f.Size));
        for (var i = 1; i < fields.Count; i++)
        {
            // No padding, which two equal keys could differ in.
            Assert.Equal(fields[i].Offset, fields[i - 1].Offset + fields[i - 1].Size);
        }
    }

    [Theory]
    [InlineData("10.1.2.3", "00000000000000000000FFFF0A010203")]
    [InlineData("::ffff:10.1.2.3", "00000000000000000000FFFF0A010203")]
    [InlineData("fd00::5", "FD000000000000000000000000000005")]
    public void Address_IsInNetworkOrderAndMapped(string text, string expected)
    {
        var address = PodAddress.From(System.Net.IPAddress.Parse(text));

        Assert.Equal(expected, Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<PodAddress>(in address))));
        Assert.Equal(text.Replace("::ffff:", string.Empty, StringComparison.Ordinal), address.ToAddress().ToString());
    }

    private static int SizeOf(Type type) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;
}
