using Tandem.Records;

namespace Tandem.Live.Disk;

/// <summary>Values as bytes: a tag for the type, then the value. What is read is the same fact that was written.</summary>
internal static class ValueCodec
{
    private enum Tag : byte
    {
        Null,
        Text,
        Integer,
        Decimal,
        Float,
        False,
        True,
        Date,
        Time,
        DateTime,
        Instant,
        Uuid,
        Blob,
        Temporary,
    }

    public static void Write(BinaryWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.Write((byte)Tag.Null);
                break;
            case string text:
                writer.Write((byte)Tag.Text);
                writer.Write(text);
                break;
            case long integer:
                writer.Write((byte)Tag.Integer);
                writer.Write(integer);
                break;
            case decimal exact:
                writer.Write((byte)Tag.Decimal);
                writer.Write(exact);
                break;
            case double real:
                writer.Write((byte)Tag.Float);
                writer.Write(real);
                break;
            case bool flag:
                writer.Write((byte)(flag ? Tag.True : Tag.False));
                break;
            case DateOnly date:
                writer.Write((byte)Tag.Date);
                writer.Write(date.DayNumber);
                break;
            case TimeOnly time:
                writer.Write((byte)Tag.Time);
                writer.Write(time.Ticks);
                break;
            case DateTime local:
                writer.Write((byte)Tag.DateTime);
                writer.Write(local.Ticks);
                break;
            case DateTimeOffset instant:
                writer.Write((byte)Tag.Instant);
                writer.Write(instant.UtcTicks);
                break;
            case Guid uuid:
                writer.Write((byte)Tag.Uuid);
                writer.Write(uuid.ToByteArray());
                break;
            case Blob blob:
                writer.Write((byte)Tag.Blob);
                WriteBlob(writer, blob);
                break;
            case TemporaryKey temporary:
                writer.Write((byte)Tag.Temporary);
                writer.Write(temporary.Id.ToByteArray());
                break;
            default:
                throw new ArgumentException($"A value of type {value.GetType().Name} cannot be kept.", nameof(value));
        }
    }

    /// <exception cref="InvalidDataException">The bytes are not what was written.</exception>
    public static object? Read(BinaryReader reader) => (Tag)reader.ReadByte() switch
    {
        Tag.Null => null,
        Tag.Text => reader.ReadString(),
        Tag.Integer => reader.ReadInt64(),
        Tag.Decimal => reader.ReadDecimal(),
        Tag.Float => reader.ReadDouble(),
        Tag.False => false,
        Tag.True => true,
        Tag.Date => DateOnly.FromDayNumber(reader.ReadInt32()),
        Tag.Time => new TimeOnly(reader.ReadInt64()),
        Tag.DateTime => new DateTime(reader.ReadInt64(), DateTimeKind.Unspecified),
        Tag.Instant => new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
        Tag.Uuid => new Guid(reader.ReadBytes(16)),
        Tag.Blob => ReadBlob(reader),
        Tag.Temporary => new TemporaryKey(new Guid(reader.ReadBytes(16))),
        var other => throw new InvalidDataException($"Unknown value tag {other}."),
    };

    public static void Write(BinaryWriter writer, IReadOnlyList<object?> values)
    {
        writer.Write7BitEncodedInt(values.Count);
        foreach (var value in values)
        {
            Write(writer, value);
        }
    }

    public static object?[] ReadMany(BinaryReader reader)
    {
        var values = new object?[reader.Read7BitEncodedInt()];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Read(reader);
        }

        return values;
    }

    public static void Write(BinaryWriter writer, Patch patch)
    {
        writer.Write7BitEncodedInt(patch.Count);
        foreach (var (field, value) in patch)
        {
            writer.Write(field);
            Write(writer, value);
        }
    }

    public static Patch ReadPatch(BinaryReader reader)
    {
        var count = reader.Read7BitEncodedInt();
        List<KeyValuePair<string, object?>> values = new(count);
        for (var i = 0; i < count; i++)
        {
            values.Add(new(reader.ReadString(), Read(reader)));
        }

        return new Patch(values);
    }

    private static void WriteBlob(BinaryWriter writer, Blob blob)
    {
        writer.Write(blob.Length);
        writer.Write((byte)blob.Head.Length);
        writer.Write(blob.Head.Span);
        writer.Write(blob.Digest ?? "");
        writer.Write(blob.Content?.Length ?? -1);
        writer.Write((blob.Content ?? default).Span);
    }

    private static Blob ReadBlob(BinaryReader reader)
    {
        var length = reader.ReadInt64();
        var head = reader.ReadBytes(reader.ReadByte());
        var digest = reader.ReadString();
        var content = reader.ReadInt32() is var size and >= 0 ? reader.ReadBytes(size) : (ReadOnlyMemory<byte>?)null;
        return new Blob(length, head, digest.Length == 0 ? null : digest, content);
    }
}
