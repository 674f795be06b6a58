using Tandem.Live.Disk;
using Tandem.Records;
using Tandem.Tables;

namespace Tandem.Live.Queueing;

/// <summary>Queued writes as bytes: a write that was added, or the id of one that is settled.</summary>
internal static class WriteCodec
{
    private const byte Insert = 1;
    private const byte Update = 2;
    private const byte Delete = 3;
    private const byte Settled = 4;

    public static byte[] Added(Write write) => Bytes(writer =>
    {
        writer.Write(write switch { Write.Insert => Insert, Write.Update => Update, _ => Delete });
        writer.Write(write.Id!.Value.ToByteArray());
        writer.Write(write.By.Actor);
        writer.Write(write.By.Operation ?? "");
        writer.Write(write.Fence?.Resource ?? "");
        writer.Write(write.Fence?.Token ?? 0);
        switch (write)
        {
            case Write.Insert insert:
                writer.Write((insert.Temporary?.Id ?? Guid.Empty).ToByteArray());
                ValueCodec.Write(writer, insert.Values);
                break;
            case Write.Update update:
                ValueCodec.Write(writer, update.Key.Values);
                ValueCodec.Write(writer, update.Set);
                WriteGuard(writer, update.Guard);
                break;
            case Write.Delete delete:
                ValueCodec.Write(writer, delete.Key.Values);
                WriteGuard(writer, delete.Guard);
                break;
        }
    });

    public static byte[] Done(IEnumerable<Guid> ids) => Bytes(writer =>
    {
        writer.Write(Settled);
        Guid[] all = [.. ids];
        writer.Write(all.Length);
        foreach (var id in all)
        {
            writer.Write(id.ToByteArray());
        }
    });

    /// <summary>Reads an entry: a write, or the ids of settled ones.</summary>
    public static (Write? Added, IReadOnlyList<Guid> Done) Read(ReadOnlyMemory<byte> entry)
    {
        using var reader = new BinaryReader(new MemoryStream(entry.ToArray(), writable: false));
        var kind = reader.ReadByte();
        if (kind == Settled)
        {
            var ids = new Guid[reader.ReadInt32()];
            for (var i = 0; i < ids.Length; i++)
            {
                ids[i] = ReadGuid(reader);
            }

            return (null, ids);
        }

        var id = ReadGuid(reader);
        var by = new WriteContext(reader.ReadString(), reader.ReadString() is { Length: > 0 } operation ? operation : null);
        var fence = (Resource: reader.ReadString(), Token: reader.ReadInt64());
        Write write = kind switch
        {
            Insert => ReadInsert(reader, by),
            Update => new Write.Update(new RecordKey(ValueCodec.ReadMany(reader)), ValueCodec.ReadPatch(reader), ReadGuard(reader), by),
            Delete => new Write.Delete(new RecordKey(ValueCodec.ReadMany(reader)), ReadGuard(reader), by),
            _ => throw new InvalidDataException($"Unknown entry {kind} in a queue of writes."),
        };
        return (write with { Id = id, Fence = fence.Resource.Length == 0 ? null : new Fence(fence.Resource, fence.Token) }, []);
    }

    private static Write.Insert ReadInsert(BinaryReader reader, WriteContext by)
    {
        var temporary = ReadGuid(reader);
        return new Write.Insert(ValueCodec.ReadPatch(reader), by) { Temporary = temporary == Guid.Empty ? null : new TemporaryKey(temporary) };
    }

    private static void WriteGuard(BinaryWriter writer, Guard guard)
    {
        ValueCodec.Write(writer, guard.Base);
        writer.Write(guard.AllowSettled);
        writer.Write(guard.Version ?? "");
    }

    private static Guard ReadGuard(BinaryReader reader) => new(ValueCodec.ReadPatch(reader))
    {
        AllowSettled = reader.ReadBoolean(),
        Version = reader.ReadString() is { Length: > 0 } version ? version : null,
    };

    private static Guid ReadGuid(BinaryReader reader) => new(reader.ReadBytes(16));

    private static byte[] Bytes(Action<BinaryWriter> write)
    {
        using var memory = new MemoryStream();
        using var writer = new BinaryWriter(memory);
        write(writer);
        writer.Flush();
        return memory.ToArray();
    }
}
