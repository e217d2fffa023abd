// A host in C#, by csharp/Ermine.cs alone: a callback, memory, traps, errors, and a call that waits for fuel.

using System;
using System.IO;
using System.Runtime.InteropServices;
using Ermine;
using static Ermine.Native;

static class Host
{
    const byte I32 = 0;

    static int calls;

    static void Expect(bool condition, string what)
    {
        if (condition) return;
        Console.Error.WriteLine("not so: " + what);
        Environment.Exit(1);
    }

    static Val Get(Vec values, int index)
    {
        return Marshal.PtrToStructure<Val>(values.Data + index * Marshal.SizeOf<Val>());
    }

    static IntPtr Add(IntPtr env, ref Vec args, ref Vec results)
    {
        calls++;
        Val sum = new Val { Kind = I32, I32 = Get(args, 0).I32 + Get(args, 1).I32 };
        Marshal.StructureToPtr(sum, results.Data, false);
        return IntPtr.Zero;
    }

    static Vec Pinned<T>(T[] items, out GCHandle handle)
    {
        handle = GCHandle.Alloc(items, GCHandleType.Pinned);
        return new Vec { Size = (UIntPtr)items.Length, Data = handle.AddrOfPinnedObject() };
    }

    static Vec Numbers()
    {
        Vec types;
        wasm_valtype_vec_new(out types, (UIntPtr)2, new[] { wasm_valtype_new(I32), wasm_valtype_new(I32) });
        return types;
    }

    static IntPtr NewAdd(IntPtr store, Callback callback)
    {
        Vec parameters = Numbers(), results;
        wasm_valtype_vec_new(out results, (UIntPtr)1, new[] { wasm_valtype_new(I32) });
        IntPtr type = wasm_functype_new(ref parameters, ref results);
        IntPtr func = wasm_func_new_with_env(store, type, callback, IntPtr.Zero, IntPtr.Zero);
        wasm_functype_delete(type);
        return func;
    }

    static string Message(IntPtr trap)
    {
        Vec message;
        wasm_trap_message(trap, out message);
        string text = Marshal.PtrToStringAnsi(message.Data);
        wasm_byte_vec_delete(ref message);
        wasm_trap_delete(trap);
        return text;
    }

    static int Main(string[] args)
    {
        IntPtr config = wasm_config_new();
        Check(ermine_config_consume_fuel(config, true));
        IntPtr engine = wasm_engine_new_with_config(config);
        IntPtr store = wasm_store_new(engine);
        Check(ermine_store_set_fuel(store, 1000000));

        GCHandle handle;
        IntPtr module;
        Vec bytes = Pinned(new byte[] { 1, 2, 3, 4 }, out handle);
        try
        {
            Check(ermine_module_new(store, ref bytes, out module));
            Expect(false, "four bytes are no module");
        }
        catch (InvalidOperationException error)
        {
            Expect(error.Message.Length > 10, "an error has a message");
        }
        handle.Free();
        bytes = Pinned(File.ReadAllBytes(args[0]), out handle);
        Check(ermine_module_new(store, ref bytes, out module));
        handle.Free();

        Callback callback = Add;
        IntPtr add = NewAdd(store, callback), trap;
        Vec imports = Pinned(new[] { wasm_func_as_extern(add) }, out handle);
        IntPtr instance = wasm_instance_new(store, module, ref imports, out trap);
        handle.Free();
        Expect(instance != IntPtr.Zero && trap == IntPtr.Zero, "the module is instantiated");
        Vec exports;
        wasm_instance_exports(instance, out exports);
        Expect((int)exports.Size == 3, "there are three exports");

        IntPtr memory = wasm_extern_as_memory(Marshal.ReadIntPtr(exports.Data, 0));
        Expect((long)wasm_memory_data_size(memory) == 65536, "it has a page");
        Expect(Marshal.PtrToStringAnsi(wasm_memory_data(memory) + 8, 5) == "hello", "it has a greeting");

        IntPtr sum = wasm_extern_as_func(Marshal.ReadIntPtr(exports.Data, IntPtr.Size));
        Val[] given = { new Val { Kind = I32, I32 = 10 } }, back = { new Val() };
        GCHandle backHandle;
        Vec arguments = Pinned(given, out handle), results = Pinned(back, out backHandle);
        Expect(wasm_func_call(sum, ref arguments, ref results) == IntPtr.Zero, "the call returns");
        Expect(back[0].I32 == 55 && calls == 10, "the callback has added ten numbers");

        IntPtr call;
        Check(ermine_store_set_fuel(store, 20));
        Check(ermine_call_new(sum, ref arguments, out call));
        int waits = 0;
        Progress progress;
        for (;;)
        {
            Check(ermine_call_resume(call, IntPtr.Zero, ref results, out progress, out trap));
            if (progress != Progress.OutOfFuel) break;
            waits++;
            Check(ermine_store_set_fuel(store, 20));
        }
        Expect(progress == Progress.Finished && waits > 2 && back[0].I32 == 55, "the call goes on where it was");
        ermine_call_delete(call);
        ulong fuel;
        Check(ermine_store_get_fuel(store, out fuel));
        Expect(fuel < 20, "fuel was spent");
        handle.Free();
        backHandle.Free();

        Check(ermine_store_set_fuel(store, 20));
        Vec none = new Vec();
        IntPtr fail = wasm_extern_as_func(Marshal.ReadIntPtr(exports.Data, 2 * IntPtr.Size));
        Expect(Message(wasm_func_call(fail, ref none, ref none)) == "unreachable", "a trap has a message");

        wasm_extern_vec_delete(ref exports);
        wasm_instance_delete(instance);
        wasm_func_delete(add);
        wasm_module_delete(module);
        wasm_store_delete(store);
        wasm_engine_delete(engine);
        GC.KeepAlive(callback);
        return 0;
    }
}
