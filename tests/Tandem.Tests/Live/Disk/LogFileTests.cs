using Tandem.Live.Disk;

namespace Tandem.Tests.Live.Disk;

public class LogFileTests
{
    [Fact]
    public async Task Open_AfterTheLastEntryWasGarbled_GivesThoseBefore()
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("tandem-log-").FullName, "log");
        using (var file = LogFile.Open(path, _ => { }))
        {
            await file.AppendAsync("first"u8.ToArray(), toDisk: false, TestContext.Current.CancellationToken);
            await file.AppendAsync("second"u8.ToArray(), toDisk: false, TestContext.Current.CancellationToken);
        }

        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, bytes, TestContext.Current.CancellationToken);

        List<string> entries = [];
        using (LogFile.Open(path, e => entries.Add(System.Text.Encoding.UTF8.GetString(e.Span))))
        {
            Assert.Equal(["first"], entries);
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
}
