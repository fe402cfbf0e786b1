using System.Globalization;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Processes;

namespace NodeMesh.Linux.Tests;

public sealed class ResidentMemoryTests
{
    [Fact]
    public void Release_LibrariesOfThisProcess_TakesTheirPagesAndTheyComeBackWhenUsed()
    {
        var settled = ResidentMemory.FileMappings();
        var before = Resident("RssFile:");

        var released = ResidentMemory.Release(settled);

        // The base library alone has more; and this goes on running in what was taken away.
        Assert.InRange(released, 4 * 1024 * 1024, long.MaxValue);
        Assert.InRange(Resident("RssFile:"), 0L, before - 1);
        Assert.Contains(settled, m => m.End - m.Start > 1024 * 1024);
    }

    [Fact]
    public void Release_NothingSettled_TakesNothing() => Assert.Equal(0, ResidentMemory.Release(new HashSet<FileMapping>()));

    [Fact]
    public unsafe void TrimNativeHeap_MuchWasFreed_GivesItBack()
    {
        // What is freed below something that stays is not given back by free(3).
        var blocks = new nint[64 * 1024];
        for (var i = 0; i < blocks.Length; i++)
        {
            blocks[i] = (nint)NativeMemory.AllocZeroed(1000);
        }

        foreach (var block in blocks.AsSpan(..^1))
        {
            NativeMemory.Free((void*)block);
        }

        var before = Resident("RssAnon:");
        ResidentMemory.TrimNativeHeap();
        var after = Resident("RssAnon:");
        NativeMemory.Free((void*)blocks[^1]);
        Assert.InRange(after, 0L, before - (16 * 1024));
    }

    [Theory]
    [InlineData("7f0000000000-7f0000001000 r-xp 00000000 fe:01 42                         /usr/lib/libc.so.6")]
    [InlineData("7f0000000000-7f0000001000 r--s 00000000 fe:01 42                         /opt/a directory/System.Private.CoreLib.dll")]
    [InlineData("7f0000000000-7f0000001000 r--p 00001000 fe:01 42                         /usr/lib/libclrjit.so")]
    public void ParseHeader_PartOfALibraryThatIsOnlyRead_IsTaken(string line) =>
        Assert.Equal(new FileMapping(unchecked((nint)0x7f0000000000), unchecked((nint)0x7f0000001000), 42), FileMapping.ParseHeader(line));

    [Theory]
    [InlineData("7f0000000000-7f0000001000 rw-p 00000000 fe:01 42                         /usr/lib/libc.so.6")]
    [InlineData("7f0000000000-7f0000001000 r-xs 00000000 00:01 42                         /memfd:doublemapper (deleted)")]
    [InlineData("7f0000000000-7f0000001000 r--s 00000000 00:0f 42                         anon_inode:bpf-map")]
    [InlineData("7f0000000000-7f0000001000 r--p 00000000 fe:01 42                         /usr/lib/libc.so.6 (deleted)")]
    [InlineData("7f0000000000-7f0000001000 r--p 00000000 fe:01 42                         /var/lib/data.db")]
    [InlineData("7f0000000000-7f0000001000 r-xp 00000000 00:00 0                          [vdso]")]
    [InlineData("7f0000000000-7f0000001000 r--p 00000000 00:00 0")]
    public void ParseHeader_WritableOrNoLibrary_IsLeft(string line) => Assert.Null(FileMapping.ParseHeader(line));

    private static long Resident(string kind) =>
        long.Parse(File.ReadLines("/proc/self/status").First(l => l.StartsWith(kind, StringComparison.Ordinal)).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
